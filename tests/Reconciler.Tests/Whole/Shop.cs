using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Api;
using Orders.Model;
using Orders.Sagas;
using OrderSaga.Inventory;
using OrderSaga.Payments;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Sandbox;

namespace Reconciler.Job.Tests;

/// <summary>
/// The whole system in this process, on its own databases: orders are placed over HTTP, corrupted directly, and reconciled over HTTP.
/// </summary>
sealed class Shop : IAsyncDisposable
{
    static readonly string[] Quiet =
    [
        "--Serilog:MinimumLevel:Default=Fatal", "--Serilog:MinimumLevel:Override:MassTransit=Fatal",
        "--Reconciliation:NightlySchedule=", "--Reconciliation:RollingIntervalMinutes=0", "--Reconciliation:WindowSeconds=0", "--Reconciliation:LeaseSeconds=3",
    ];

    readonly Installation installation;
    readonly List<WebApplication> hosts = [];
    readonly Dictionary<string, string?> settings;

    Shop(Installation installation, Dictionary<string, string?> settings)
    {
        (this.installation, this.settings) = (installation, settings);
        Corruptor = new Corruptor(installation);
    }

    public Corruptor Corruptor { get; }
    public Installation Installation => installation;

    /// <summary>The stand-in for a replica of the orders.</summary>
    public Installation? Copy { get; private init; }

    /// <summary>A key with all roles.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => hosts[0].Services;

    public static Task<Shop> Open(Mode mode, params string[] more) => Open(mode, null, more);

    /// <summary>Starts with an empty copy of the orders database, which the reconciler uses as its replica.</summary>
    public static async Task<Shop> OpenWithStaleReplica(Mode mode, params string[] more)
    {
        var copy = await mode.Fresh("orders");
        await Migrations.Schema.Context(Enum.Parse<DatabaseMode>(mode.Database), "orders", copy.Connection("orders")).Database.MigrateAsync();
        return await Open(mode, copy, [$"ConnectionStrings:orders-reader={copy.Connection("orders")}", .. more]);
    }

    static async Task<Shop> Open(Mode mode, Installation? copy, string[] more)
    {
        var fresh = await mode.Fresh([.. Migrations.Schema.Databases]);
        var url = $"http://127.0.0.1:{FreePort()}";
        var common = fresh.Settings();
        common["Gateway:Url"] = url + "/sandbox";
        common["Gateway:Key"] = RandomNumberGenerator.GetHexString(64, true);
        common["Gateway:WebhookSecret"] = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        common["Sandbox:WebhookUrl"] = url + "/webhooks/gateway";
        common["Sandbox:PublicUrl"] = url;
        common["Participants:StockUrl"] = common["Participants:PaymentUrl"] = url;
        common["Participants:Key"] = ApiKeys.Create(fresh.Directory, "service", "ordersaga", Roles.Query);
        await Migrations.Schema.Apply(new ConfigurationBuilder().AddInMemoryCollection(common).Build());
        var shop = new Shop(fresh, common) { Copy = copy };
        shop.Http = shop.Caller(url, [.. Roles.All]);
        await shop.Start(url, more, everything: true);
        await shop.Stock("tea-001", 1000);
        return shop;
    }

    /// <summary>Another Reconciler.Job on the same databases.</summary>
    public async Task<HttpClient> AddReconciler(params string[] more)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var caller = Caller(url, Roles.Operator);
        await Start(url, more, everything: false);
        return caller;
    }

    /// <summary>A client with its own key. A running host accepts the key a moment later.</summary>
    public HttpClient Caller(string url, params string[] roles)
    {
        var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
        var key = ApiKeys.Create(installation.Directory, "t-" + Guid.CreateVersion7().ToString("N")[20..], "demo", roles);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    async Task Start(string url, string[] more, bool everything)
    {
        var builder = Service.Create([$"--urls={url}", .. Quiet, .. settings.Select(x => $"--{x.Key}={x.Value}"), .. more.Select(x => "--" + x)], "shop");
        if (everything)
        {
            builder.AddOrdersApi();
            builder.AddSagas();
            builder.AddInventory();
            builder.AddPayments();
            builder.AddSandbox();
        }

        builder.AddReconciler();
        var app = builder.Build();
        if (everything)
        {
            app.MapOrdersApi();
            app.MapInventory();
            app.MapPayments();
            app.MapSandbox();
        }

        app.MapReconciler();
        app.UseServiceDefaults();
        await app.StartAsync();
        (await app.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(20)))
            .ShouldBe(BusHealthStatus.Healthy);
        hosts.Add(app);
    }

    async Task Stock(string sku, int pieces)
    {
        (await Http.PostAsJsonAsync($"/stock/{sku}/receipts", new { receiptId = "r-" + sku, quantity = pieces })).EnsureSuccessStatusCode();
        (await Http.PutAsJsonAsync($"/products/{sku}", new { name = sku, unitPrice = 1250, currency = "EUR" })).EnsureSuccessStatusCode();
    }

    /// <summary>An order of two units, followed to its final state.</summary>
    public async Task<Guid> Order(string token = "tok_ok", string end = "Completed")
    {
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/orders");
        ask.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        ask.Headers.Add("Prefer", "wait=30");
        ask.Content = JsonContent.Create(new
        {
            currency = "EUR", lines = new[] { new { sku = "tea-001", quantity = 2 } }, payment = new { method = "card", token },
        });
        using var answer = await Http.SendAsync(ask);
        var order = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        ((string)order["status"]!).ShouldBe(end, order.ToJsonString());
        return (Guid)order["id"]!;
    }

    /// <summary>An order of two units that waits for payment at the gateway's page; its stock is held.</summary>
    public async Task<Guid> Unpaid()
    {
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/orders");
        ask.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        ask.Content = JsonContent.Create(new
        {
            currency = "EUR", lines = new[] { new { sku = "tea-001", quantity = 2 } }, payment = new { method = "hosted" },
        });
        using var answer = await Http.SendAsync(ask);
        var id = (Guid)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
        await Eventually.Holds("it waits for its payment", async () => (string?)(await Http.Json($"/orders/{id}"))["payment"]?["state"] == "pending"
            || (await Http.Json($"/orders/{id}"))["payment"]?["url"] is not null);
        return id;
    }

    /// <summary>Puts the order in this state, as if it had stopped there long ago.</summary>
    public Task Stuck(Guid order, string state) => Orders(db => db.Orders.Where(row => row.CorrelationId == order).ExecuteUpdateAsync(row => row
        .SetProperty(x => x.State, state).SetProperty(x => x.NextRetryAt, DateTime.UnixEpoch).SetProperty(x => x.Version, x => x.Version + 1)));

    /// <summary>Puts the order in review, as if recovery had failed in this state.</summary>
    public Task InReview(Guid order, string from) => Orders(db => db.Orders.Where(row => row.CorrelationId == order).ExecuteUpdateAsync(row => row
        .SetProperty(x => x.State, OrderStates.NeedsReview).SetProperty(x => x.ReviewFrom, from).SetProperty(x => x.Version, x => x.Version + 1)));

    public Task Becomes(Guid order, string state) => Eventually.Becomes($"the order is {state}", () => State(order), now => now == state);

    Task<string> State(Guid order) => Orders(db => db.Orders.Where(row => row.CorrelationId == order).Select(row => row.State).SingleAsync());

    /// <summary>The events that changed the order, oldest first.</summary>
    public Task<List<string>> Causes(Guid order) => Orders(db => db.Audit
        .Where(row => row.SubjectId == order.ToString() && row.Subject == OrderAudit.Subject).OrderBy(row => row.Id).Select(row => row.Cause).ToListAsync());

    async Task<T> Orders<T>(Func<OrdersDb, Task<T>> statement)
    {
        await using var scope = Services.CreateAsyncScope();
        return await statement(scope.ServiceProvider.GetRequiredService<OrdersDb>());
    }

    public async Task<T> Db<T>(Func<ReconcilerDb, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ReconcilerDb>());
    }

    /// <summary>The gateway's own operations for an order.</summary>
    public async Task<List<string>> Gateway(Guid order)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"/sandbox/v1/operations?reference={order}");
        ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings["Gateway:Key"]);
        using var answer = await Http.SendAsync(ask);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray().Select(item => (string)item!["operation"]!)];
    }

    public async ValueTask DisposeAsync()
    {
        hosts.Reverse();
        foreach (var host in hosts)
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        Http.Dispose();
        await installation.DisposeAsync();
        if (Copy is not null)
            await Copy.DisposeAsync();
    }

    static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
