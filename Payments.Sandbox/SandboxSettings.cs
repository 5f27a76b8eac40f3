namespace OrderSaga.Sandbox;

/// <summary>What can be set, read when it is used: a host that learns its own address late can still set the urls.</summary>
sealed class SandboxSettings(IConfiguration configuration)
{
    /// <summary>The bearer key that callers must have.</summary>
    public string Key => configuration["Gateway:Key"] ?? "";

    /// <summary>Signs the webhooks: <c>whsec_</c> and base64.</summary>
    public string? WebhookSecret => configuration["Gateway:WebhookSecret"];

    /// <summary>Where webhooks go; without it none are written.</summary>
    public string? WebhookUrl => configuration["Sandbox:WebhookUrl"] is { Length: > 0 } url ? url : null;

    /// <summary>How customers reach this process; without it the caller's own request tells.</summary>
    public string? PublicUrl => configuration["Sandbox:PublicUrl"] is { Length: > 0 } url ? url.TrimEnd('/') : null;

    /// <summary>How long <c>tok_slow</c> takes to answer.</summary>
    public TimeSpan SlowToken => TimeSpan.FromMilliseconds(configuration.GetValue("Sandbox:SlowTokenMilliseconds", 1000));

    /// <summary>How long a connection is held whose answer never comes.</summary>
    public TimeSpan Hold => TimeSpan.FromSeconds(configuration.GetValue("Sandbox:HoldSeconds", 30.0));

    /// <summary>
    /// How long after its end a hosted payment can still be paid, as with payment methods whose money comes late: by then the ledger has said expired.
    /// </summary>
    public TimeSpan LatePayment => TimeSpan.FromSeconds(configuration.GetValue("Sandbox:LatePaymentSeconds", 0.0));

    /// <summary>Before the second delivery of a webhook; doubles with each further one.</summary>
    public TimeSpan WebhookRetry => TimeSpan.FromMilliseconds(configuration.GetValue("Sandbox:WebhookRetryMilliseconds", 1000));

    /// <summary>Deliveries of one webhook, at most: with the default back-off they span about an hour.</summary>
    public int WebhookAttempts => configuration.GetValue("Sandbox:WebhookAttempts", 20);

    /// <summary>What is kept of a captured amount, hundredths of a percent.</summary>
    public int FeeBasisPoints => configuration.GetValue("Sandbox:FeeBasisPoints", 140);

    /// <summary>What is kept of each capture besides, minor units.</summary>
    public long FeeFixed => configuration.GetValue("Sandbox:FeeFixed", 25L);

    /// <summary>Half a minor unit is rounded up.</summary>
    public long FeeOf(long amount) => (long)((((Int128)amount * FeeBasisPoints) + 5_000) / 10_000) + FeeFixed;

    public void Check()
    {
        Require(FeeBasisPoints is >= 0 and <= 10_000 && FeeFixed >= 0, "Sandbox:FeeBasisPoints must be 0 to 10000, Sandbox:FeeFixed must not be negative.");
        Require(Key.Length >= 16,
            "Set Gateway:Key (environment: Gateway__Key) to a secret of at least 16 characters; the callers of the sandbox need the same.");
        Require(Hold > TimeSpan.Zero && SlowToken >= TimeSpan.Zero,
            "Sandbox:HoldSeconds must be positive, Sandbox:SlowTokenMilliseconds must not be negative.");
        Require(LatePayment >= TimeSpan.Zero && LatePayment <= TimeSpan.FromDays(1), "Sandbox:LatePaymentSeconds must be 0 to 86400.");
        Require(WebhookRetry > TimeSpan.Zero && WebhookAttempts is >= 1 and <= 100,
            "Sandbox:WebhookRetryMilliseconds must be positive, Sandbox:WebhookAttempts must be 1 to 100.");
        RequireHttpUrl("Sandbox:PublicUrl", PublicUrl);
        RequireHttpUrl("Sandbox:WebhookUrl", WebhookUrl);
        if (WebhookSecret is not null)
            _ = WebhookSignature.SecretBytes(WebhookSecret);
        Require(WebhookUrl is null || WebhookSecret is not null,
            "Sandbox:WebhookUrl is set, so set Gateway:WebhookSecret (whsec_ and base64) too; the receiver needs the same.");
    }

    static void RequireHttpUrl(string name, string? url) => Require(
        url is null || (url.Length <= 400 && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
        $"{name} must be an absolute http or https url of at most 400 characters.");

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
