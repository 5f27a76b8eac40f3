using Microsoft.Extensions.DependencyInjection;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Tests.Webhooks;

/// <summary>An installation with a merchant and its receiver. Retries are quick, and private hosts are allowed by name.</summary>
public sealed class HookShop : IAsyncDisposable
{
    public static readonly string[] Quick =
    [
        "--Webhooks:AllowHttp=true", "--Webhooks:PrivateHosts:0=127.0.0.1", "--Webhooks:ReadIntervalMilliseconds=50", "--Webhooks:SendIntervalMilliseconds=50",
        "--Webhooks:RetryDelaySeconds:0=1", "--Webhooks:RetryDelaySeconds:1=1", "--Webhooks:TakeoverTimeoutSeconds=1", "--Webhooks:GapTimeoutSeconds=3",
        "--Webhooks:TimeoutSeconds=1", "--Webhooks:LeaseSeconds=2",
    ];

    HookShop(Installation installation, ApiHost host, HookReceiver receiver, Caller merchant) =>
        (Installation, Host, Receiver, Merchant) = (installation, host, receiver, merchant);

    public Installation Installation { get; }
    public ApiHost Host { get; }
    public HookReceiver Receiver { get; }
    public Caller Merchant { get; }

    public static async Task<HookShop> Open(Mode mode, params string[] settings)
    {
        var installation = await mode.Fresh("orders");
        var key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders, Roles.Catalogue);
        ApiKeys.Create(installation.Directory, "other", "other", Roles.Orders);
        var host = await ApiHost.Start(installation, true, [.. Quick, .. settings]);
        var merchant = new Caller(host, "m", key);
        await merchant.Price("tea-001", 1250);
        return new HookShop(installation, host, await HookReceiver.Start(), merchant);
    }

    /// <summary>Registers the receiver; the response contains the secret.</summary>
    public Task<JsonNode> Register() => Register(Receiver.Url);

    public async Task<JsonNode> Register(string url) =>
        (await Merchant.Post("/webhook-endpoints", $$"""{"url":"{{url}}"}""")).ShouldBe(201).Json;

    public async Task<Guid> PlacedAndCompleted()
    {
        var id = await Merchant.Placed();
        await Host.Drive(id, OrderStates.AwaitingPayment, "StockReserved");
        await Host.Drive(id, OrderStates.Completed, "StockConfirmed");
        return id;
    }

    public async Task<JsonNode> Endpoint(JsonNode registered) => (await Merchant.Get($"/webhook-endpoints/{registered["id"]}")).ShouldBe(200).Json;

    public async Task<List<JsonNode>> Log(JsonNode registered, string query = "") =>
        [.. (await Merchant.Get($"/webhook-endpoints/{registered["id"]}/deliveries{query}")).ShouldBe(200).Json["items"]!.AsArray().Select(item => item!)];

    /// <summary>Another merchant of the same installation.</summary>
    public async Task<Caller> Other()
    {
        var other = new Caller(Host, "other", ApiKeys.Create(Installation.Directory, "second", "other", Roles.Orders));
        await Eventually.Holds("the key is accepted", async () => (await other.Get("/webhook-endpoints")).Status == 200);
        return other;
    }

    /// <summary>Waits until the log has this many deliveries in a state.</summary>
    public Task<List<JsonNode>> LogBecomes(JsonNode registered, string status, int count) => Eventually.Becomes(
        $"{count} deliveries are {status}", () => Log(registered), log => log.Count(item => (string)item["status"]! == status) == count);

    public Task Change(Func<UnitOfWorkContext, Task> body) => Host.Services.GetRequiredService<UnitOfWork<OrdersDb>>().Run(body);

    public Task<List<WebhookDelivery>> Rows() => Host.Read(db => db.WebhookDeliveries.AsNoTracking().OrderBy(row => row.EventId).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Receiver.DisposeAsync();
        await Installation.DisposeAsync();
    }
}
