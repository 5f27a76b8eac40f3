using OrderSaga.Platform.Http;

namespace OrderSaga.Payments;

/// <summary>
/// Address and secrets of the gateway, from the section <c>Gateway</c>. Read on each use: a host may learn its own address late, and
/// secrets can be rotated without a restart.
/// </summary>
sealed class GatewaySettings(IConfiguration configuration)
{
    const string SecretForm = "whsec_ and the base64 of 24 to 64 random bytes";

    static readonly string[] SecretSettings = ["Gateway:WebhookSecret", "Gateway:WebhookSecretPrevious"];

    /// <summary>Base address; operations are under <c>v1/</c>.</summary>
    public Uri BaseAddress => new(configuration["Gateway:Url"]!.TrimEnd('/') + "/");

    /// <summary>Our key at the gateway, sent as a bearer token.</summary>
    public string Key => configuration["Gateway:Key"] ?? "";

    /// <summary>Secrets that may sign the gateway's webhooks: the current one and, during a rotation, the previous one.</summary>
    public IReadOnlyList<byte[]> WebhookSecrets => [.. SecretSettings.Select(name => StandardWebhook.KeyOf(configuration[name])).OfType<byte[]>()];

    public void Check()
    {
        Require(Uri.TryCreate(configuration["Gateway:Url"], UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
            "Set Gateway:Url (environment: Gateway__Url) to the gateway's base address, e.g. http://localhost:5105/sandbox.");
        Require(Key.Length > 0, "Set Gateway:Key (environment: Gateway__Key) to your API key at the gateway.");
        Require(StandardWebhook.KeyOf(configuration["Gateway:WebhookSecret"]) is not null,
            $"Set Gateway:WebhookSecret (environment: Gateway__WebhookSecret) to the secret that signs the gateway's webhooks: {SecretForm}.");
        var previous = configuration["Gateway:WebhookSecretPrevious"];
        Require(string.IsNullOrEmpty(previous) || StandardWebhook.KeyOf(previous) is not null,
            $"Gateway:WebhookSecretPrevious must be empty or {SecretForm}.");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
