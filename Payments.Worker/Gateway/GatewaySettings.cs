using OrderSaga.Platform.Http;

namespace OrderSaga.Payments;

/// <summary>
/// Address and secrets of one gateway: of <c>main</c> from the section <c>Gateway</c>, of another NAME from <c>Gateways:NAME</c>. Read on each
/// use: a host may learn its own address late, and secrets can be rotated without a restart.
/// </summary>
sealed class GatewaySettings(IConfiguration configuration, string name = GatewaySettings.Main)
{
    /// <summary>The gateway of an installation with only one.</summary>
    public const string Main = "main";

    public const int MaxNameLength = 20;

    const string SecretForm = "whsec_ and the base64 of 24 to 64 random bytes";

    static readonly string[] SecretSettings = ["Gateway:WebhookSecret", "Gateway:WebhookSecretPrevious"];

    /// <summary>Base address; operations are under <c>v1/</c>.</summary>
    public Uri BaseAddress => new(Read("Gateway:Url")!.TrimEnd('/') + "/");

    /// <summary>Our key at the gateway, sent as a bearer token.</summary>
    public string Key => Read("Gateway:Key") ?? "";

    /// <summary>Secrets that may sign the gateway's webhooks: the current one and, during a rotation, the previous one.</summary>
    public IReadOnlyList<byte[]> WebhookSecrets => [.. SecretSettings.Select(setting => StandardWebhook.KeyOf(Read(setting))).OfType<byte[]>()];

    /// <summary>The gateway can close an idempotency key: whatever comes with the key later is refused.</summary>
    public bool CanCloseKeys => bool.TryParse(Read("Gateway:CanCloseKeys"), out var can) && can;

    /// <summary>The gateway's reasons of declines that another gateway may decide differently, separated by semicolons.</summary>
    public IReadOnlyList<string> SoftDeclines =>
        (Read("Gateway:SoftDeclines") ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The names of all configured gateways, main first.</summary>
    public static IReadOnlyList<string> NamesIn(IConfiguration configuration) =>
        [Main, .. configuration.GetSection("Gateways").GetChildren().Select(section => section.Key.ToLowerInvariant())];

    public void Check()
    {
        Require(name.Length is > 0 and <= MaxNameLength && name.All(char.IsAsciiLetterLower),
            $"Gateways:{name} is no name of a gateway: use 1 to {MaxNameLength} letters a-z.");
        Require(Uri.TryCreate(Read("Gateway:Url"), UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
            $"Set {NameOf("Gateway:Url")} (environment: {Variable("Gateway:Url")}) to the gateway's base address, e.g. http://localhost:5105/sandbox.");
        Require(Key.Length > 0, $"Set {NameOf("Gateway:Key")} (environment: {Variable("Gateway:Key")}) to your API key at the gateway.");
        Require(StandardWebhook.KeyOf(Read("Gateway:WebhookSecret")) is not null,
            $"Set {NameOf("Gateway:WebhookSecret")} (environment: {Variable("Gateway:WebhookSecret")}) to the secret that signs the gateway's webhooks: "
            + $"{SecretForm}.");
        var previous = Read("Gateway:WebhookSecretPrevious");
        Require(string.IsNullOrEmpty(previous) || StandardWebhook.KeyOf(previous) is not null,
            $"{NameOf("Gateway:WebhookSecretPrevious")} must be empty or {SecretForm}.");
        Require(string.IsNullOrEmpty(Read("Gateway:CanCloseKeys")) || bool.TryParse(Read("Gateway:CanCloseKeys"), out _),
            $"{NameOf("Gateway:CanCloseKeys")} must be true or false.");
    }

    string? Read(string setting) => configuration[NameOf(setting)];

    /// <summary>The setting's name for this gateway.</summary>
    string NameOf(string setting) => name == Main ? setting : setting.Replace("Gateway:", $"Gateways:{name}:", StringComparison.Ordinal);

    string Variable(string setting) => NameOf(setting).Replace(":", "__", StringComparison.Ordinal);

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
