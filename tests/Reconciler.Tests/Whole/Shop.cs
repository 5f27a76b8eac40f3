using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Orders.Api;
using Orders.Model;
using Orders.Sagas;
using OrderSaga.Inventory;
using OrderSaga.Payments;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using OrderSaga.Sandbox;

namespace Reconciler.Job.Tests;

/// <summary>
/// The whole system in this process, on its own databases: orders are placed over HTTP, corrupted directly, and reconciled over HTTP.
/// </summary>
sealed class Shop(Installation installation, Dictionary<string, string?> settings, bool whole) : ServiceHost<ReconcilerDb>(installation, owned: whole)
{
    static readonly string[] Quiet =
    [
        "Reconciliation:NightlySchedule=", "Reconciliation:RollingIntervalMinutes=0", "Reconciliation:WindowSeconds=0", "Reconciliation:LeaseSeconds=3",
    ];

    readonly bool isWhole = whole;
    readonly List<Shop> others = [];

    public Corruptor Corruptor { get; } = new(installation);

    /// <summary>The stand-in for a replica of the orders.</summary>
    public Installation? Copy { get; private init; }

    /// <summary>A key with all roles.</summary>
    public HttpClient Http { get; private set; } = null!;

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
        var url = FreeUrl();
        var common = new Dictionary<string, string?>
        {
            ["Gateway:Url"] = url + "/sandbox",
            ["Gateway:Key"] = RandomNumberGenerator.GetHexString(64, true),
            ["Gateway:WebhookSecret"] = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Sandbox:WebhookUrl"] = url + "/webhooks/gateway",
            ["Sandbox:PublicUrl"] = url,
            ["Participants:StockUrl"] = url,
            ["Participants:PaymentUrl"] = url,
            ["Participants:Key"] = ApiKeys.Create(fresh.Directory, "service", "ordersaga", Roles.Query),
        };
        var shop = new Shop(fresh, common, whole: true) { Copy = copy };
        shop.Http = shop.Caller(url, [.. Roles.All]);
        await shop.Start(url, more);
        await shop.Stock("tea-001", 1000);
        return shop;
    }

    /// <summary>Another Reconciler.Job on the same databases.</summary>
    public async Task<HttpClient> AddReconciler(params string[] more)
    {
        var url = FreeUrl();
        var caller = Caller(url, Roles.Operator);
        others.Add(await new Shop(Installation, settings, whole: false).Start(url, more));
        return caller;
    }

    /// <summary>A client with its own key. A running host accepts the key a moment later.</summary>
    public HttpClient Caller(string url, params string[] roles)
    {
        var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
        var key = ApiKeys.Create(Installation.Directory, "t-" + Guid.CreateVersion7().ToString("N")[20..], "demo", roles);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
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

    Task<T> Orders<T>(Func<OrdersDb, Task<T>> statement) => ReadFrom(statement);

    public Task<T> Db<T>(Func<ReconcilerDb, Task<T>> read) => Read(read);

    /// <summary>The gateway's own operations for an order.</summary>
    public async Task<List<string>> Gateway(Guid order)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, $"/sandbox/v1/operations?reference={order}");
        ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings["Gateway:Key"]);
        using var answer = await Http.SendAsync(ask);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray().Select(item => (string)item!["operation"]!)];
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var other in Enumerable.Reverse(others))
            await other.DisposeAsync();
        Http?.Dispose();
        await base.DisposeAsync();
        if (Copy is not null)
            await Copy.DisposeAsync();
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        if (isWhole)
        {
            builder.AddOrdersApi();
            builder.AddSagas();
            builder.AddInventory();
            builder.AddPayments();
            builder.AddSandbox();
        }

        builder.AddReconciler();
    }

    protected override void Map(WebApplication host)
    {
        if (isWhole)
        {
            host.MapOrdersApi();
            host.MapInventory();
            host.MapPayments();
            host.MapSandbox();
        }

        host.MapReconciler();
    }

    protected override Task CreateTables() => isWhole ? Migrations.Schema.Apply(App.Configuration) : Task.CompletedTask;

    Task<Shop> Start(string url, string[] more) =>
        Run(this, [$"urls={url}", .. Quiet, .. settings.Select(setting => $"{setting.Key}={setting.Value}"), .. more]);

    static string FreeUrl() => $"http://127.0.0.1:{Ports.Free(1)[0]}";
}
