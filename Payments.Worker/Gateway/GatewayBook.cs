namespace OrderSaga.Payments;

/// <summary>The configured gateways by name, and which of them take new authorizations.</summary>
sealed class GatewayBook
{
    readonly Dictionary<string, (GatewaySettings Settings, IGateway Client)> gateways = new(StringComparer.Ordinal);

    public GatewayBook(IConfiguration configuration, RouteSettings routes, IHttpClientFactory clients)
    {
        Routes = routes;
        foreach (var name in GatewaySettings.NamesIn(configuration))
        {
            var settings = new GatewaySettings(configuration, name);
            gateways.Add(name, (settings, new GatewayClient(clients.CreateClient(HttpClient(name)), settings)));
        }
    }

    public RouteSettings Routes { get; }

    public IReadOnlyCollection<string> Names => gateways.Keys;

    /// <summary>The name of the gateway's HTTP client.</summary>
    public static string HttpClient(string gateway) => $"gateway {gateway}";

    /// <summary>Null: no gateway has this name.</summary>
    public GatewaySettings? Settings(string gateway) => gateways.TryGetValue(gateway, out var found) ? found.Settings : null;

    public bool CanCloseKeys(string gateway) => Settings(gateway)?.CanCloseKeys == true;

    /// <exception cref="GatewayNotReachedException">The gateway has been removed from the settings; its operations wait.</exception>
    public IGateway Client(string gateway) => gateways.TryGetValue(gateway, out var found) ? found.Client
        : throw new GatewayNotReachedException($"the gateway '{gateway}' is not configured: set Gateways:{gateway}:Url, Key and WebhookSecret");
}
