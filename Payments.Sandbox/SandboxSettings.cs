namespace OrderSaga.Sandbox;

/// <summary>Settings of the sandbox. Read on each use: a host may learn its own address late and set the URLs then.</summary>
sealed class SandboxSettings(IConfiguration configuration)
{
    /// <summary>The bearer key of callers.</summary>
    public string Key => configuration["Gateway:Key"] ?? "";

    /// <summary>Secret that signs the webhooks: <c>whsec_</c> and base64.</summary>
    public string? WebhookSecret => configuration["Gateway:WebhookSecret"];

    /// <summary>URL of webhooks; null: none are created.</summary>
    public string? WebhookUrl => configuration["Sandbox:WebhookUrl"] is { Length: > 0 } url ? url : null;

    /// <summary>Public base URL of this process; null: the base URL of the caller's request.</summary>
    public string? PublicUrl => configuration["Sandbox:PublicUrl"] is { Length: > 0 } url ? url.TrimEnd('/') : null;

    /// <summary>Delay of the answer to <c>tok_slow</c>.</summary>
    public TimeSpan SlowTokenDelay => TimeSpan.FromMilliseconds(configuration.GetValue("Sandbox:SlowTokenDelayMilliseconds", 1000));

    /// <summary>How long a connection without an answer is held.</summary>
    public TimeSpan Hold => TimeSpan.FromSeconds(configuration.GetValue("Sandbox:HoldSeconds", 30.0));

    /// <summary>
    /// How long after its expiry a hosted payment can still be paid, as with slow payment methods: the ledger has already said expired.
    /// </summary>
    public TimeSpan LatePayment => TimeSpan.FromSeconds(configuration.GetValue("Sandbox:LatePaymentSeconds", 0.0));

    /// <summary>Delay before the second delivery of a webhook; doubles each time.</summary>
    public TimeSpan WebhookRetryDelay => TimeSpan.FromMilliseconds(configuration.GetValue("Sandbox:WebhookRetryDelayMilliseconds", 1000));

    /// <summary>Maximum number of deliveries of one webhook: with the default back-off they span about an hour.</summary>
    public int MaxWebhookAttempts => configuration.GetValue("Sandbox:MaxWebhookAttempts", 20);

    /// <summary>Fee of a capture in hundredths of a percent.</summary>
    public int FeeBasisPoints => configuration.GetValue("Sandbox:FeeBasisPoints", 140);

    /// <summary>Fixed fee of each capture, minor units.</summary>
    public long FeeFixed => configuration.GetValue("Sandbox:FeeFixed", 25L);

    /// <summary>The fee of a capture; half a minor unit is rounded up.</summary>
    public long FeeOf(long amount) => (long)((((Int128)amount * FeeBasisPoints) + 5_000) / 10_000) + FeeFixed;

    public void Check()
    {
        Require(FeeBasisPoints is >= 0 and <= 10_000 && FeeFixed >= 0, "Sandbox:FeeBasisPoints must be 0 to 10000, Sandbox:FeeFixed must not be negative.");
        Require(Key.Length >= 16,
            "Set Gateway:Key (environment: Gateway__Key) to a secret of at least 16 characters; the callers of the sandbox need the same.");
        Require(Hold > TimeSpan.Zero && SlowTokenDelay >= TimeSpan.Zero,
            "Sandbox:HoldSeconds must be positive, Sandbox:SlowTokenDelayMilliseconds must not be negative.");
        Require(LatePayment >= TimeSpan.Zero && LatePayment <= TimeSpan.FromDays(1), "Sandbox:LatePaymentSeconds must be 0 to 86400.");
        Require(WebhookRetryDelay > TimeSpan.Zero && MaxWebhookAttempts is >= 1 and <= 100,
            "Sandbox:WebhookRetryDelayMilliseconds must be positive, Sandbox:MaxWebhookAttempts must be 1 to 100.");
        RequireHttpUrl("Sandbox:PublicUrl", PublicUrl);
        RequireHttpUrl("Sandbox:WebhookUrl", WebhookUrl);
        if (WebhookSecret is not null)
            _ = WebhookSignature.SecretBytes(WebhookSecret);
        Require(WebhookUrl is null || WebhookSecret is not null,
            "Set Gateway:WebhookSecret (whsec_ and base64); Sandbox:WebhookUrl needs it. The receiver needs the same secret.");
    }

    static void RequireHttpUrl(string name, string? url) => Require(
        url is null || (url.Length <= 400 && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
        $"{name} must be an absolute http or https URL of at most 400 characters.");

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
