using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using Testing;

namespace OrderSaga.Inventory.Tests;

/// <summary>The inventory service, with API keys.</summary>
sealed class TestHost() : ParticipantHost<InventoryDb>("inventory", Queues.Inventory)
{
    public const string StockKey = "key-of-stock";
    public const string OperatorKey = "key-of-operator";
    public const string OrdersKey = "key-of-orders";

    public static Task<TestHost> Start(Installation installation, params IInterceptor[] interceptors) => Start(installation, [], interceptors);

    public static async Task<TestHost> Start(Installation installation, (string Name, string Value)[] more, params IInterceptor[] interceptors)
    {
        var host = new TestHost();
        await host.Run([.. Settings(installation), .. more.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))], interceptors);
        return host;
    }

    public Task Receive(string sku, long quantity) => Unit.Run(work => ReceiveStockEndpoint.Receive(
        work, new Receipt { ReceiptId = $"first-{sku}", Sku = sku, Quantity = quantity, At = default }));

    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(App.Urls.First()) };
        if (key is not null)
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    protected override void Add(WebApplicationBuilder builder) => builder.AddInventory();

    protected override void Map(WebApplication host) => host.MapInventory();

    protected override void Listen(IReceiveEndpointConfigurator endpoint)
    {
        Collect<StockReserved>(endpoint);
        Collect<StockRejected>(endpoint);
        Collect<StockConfirmed>(endpoint);
        Collect<StockCancelled>(endpoint);
    }

    static Dictionary<string, string?> Settings(Installation installation)
    {
        var settings = installation.Settings();
        foreach (var (key, role) in new[] { (StockKey, Roles.Stock), (OperatorKey, Roles.Operator), (OrdersKey, Roles.Orders) })
        {
            settings[$"ApiKeys:Keys:{role}:Merchant"] = "acme";
            settings[$"ApiKeys:Keys:{role}:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            settings[$"ApiKeys:Keys:{role}:Roles:0"] = role;
        }

        return settings;
    }
}
