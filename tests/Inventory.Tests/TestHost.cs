using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Http;
using Shouldly;
using Testing;

namespace OrderSaga.Inventory.Tests;

/// <summary>The whole service on an in-memory bus; collects its responses.</summary>
sealed class TestHost : IAsyncDisposable
{
    public const string StockKey = "key-of-stock";
    public const string OperatorKey = "key-of-operator";
    public const string OrdersKey = "key-of-orders";

    readonly WebApplication app;
    readonly ISendEndpoint queue;

    TestHost(WebApplication host, ISendEndpoint inventory, ConcurrentQueue<IOrderMessage> collected) => (app, queue, Answers) = (host, inventory, collected);

    public IReadOnlyCollection<IOrderMessage> Answers { get; }

    public UnitOfWork<InventoryDb> Unit => app.Services.GetRequiredService<UnitOfWork<InventoryDb>>();

    public static Task<TestHost> Start(Installation installation, params IInterceptor[] interceptors) => Start(installation, [], interceptors);

    public static async Task<TestHost> Start(Installation installation, (string Name, string Value)[] more, params IInterceptor[] interceptors)
    {
        var settings = Settings(installation).Select(setting => $"--{setting.Key}={setting.Value}").Concat(more.Select(one => $"--{one.Name}={one.Value}"));
        var builder = Service.Create([.. settings], "inventory");
        // Thousands of refusals are expected; the tests assert those that matter.
        builder.Logging.ClearProviders();
        builder.AddInventory();
        builder.Services.ConfigureDbContext<InventoryDb>(options => options.AddInterceptors(interceptors));
        var host = builder.Build();
        await CreateTables(host);
        host.MapInventory();
        host.UseHttpDefaults();
        await host.StartAsync();

        var collected = new ConcurrentQueue<IOrderMessage>();
        var bus = host.Services.GetRequiredService<IBusControl>();
        await bus.ConnectReceiveEndpoint(Queues.Orders, endpoint =>
        {
            endpoint.UseEnvelopes();
            Collect<StockReserved>(endpoint, collected);
            Collect<StockRejected>(endpoint, collected);
            Collect<StockConfirmed>(endpoint, collected);
            Collect<StockCancelled>(endpoint, collected);
        }).Ready;
        // Messages sent before the queue is bound are lost.
        (await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30))).ShouldBe(BusHealthStatus.Healthy);
        return new TestHost(host, await bus.GetSendEndpoint(new Uri("exchange:" + Queues.Inventory)), collected);
    }

    /// <summary>Sends a command; the same message id makes it a duplicate.</summary>
    public Task Send(IOrderMessage message, Guid? messageId = null) => queue.Send((object)message, message.GetType(), Pipe.Execute<SendContext>(send =>
    {
        send.CorrelationId = message.OrderId;
        send.MessageId = messageId ?? send.MessageId;
    }));

    public Task Receive(string sku, long quantity) => Unit.Run(work => ReceiveStockEndpoint.Receive(
        work, new Receipt { ReceiptId = $"first-{sku}", Sku = sku, Quantity = quantity, At = default }));

    /// <summary>Reads like another client, in its own scope.</summary>
    public async Task<T> Read<T>(Func<InventoryDb, Task<T>> query)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<InventoryDb>());
    }

    public Task<int> Failures() => Read(db => db.FailedMessages.CountAsync());

    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        if (key is not null)
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    static void Collect<T>(IReceiveEndpointConfigurator endpoint, ConcurrentQueue<IOrderMessage> into) where T : class, IOrderMessage =>
        endpoint.Handler<T>(context =>
        {
            into.Enqueue(context.Message);
            return Task.CompletedTask;
        });

    static async Task CreateTables(WebApplication host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<InventoryDb>().Database.EnsureCreatedAsync();
    }

    static Dictionary<string, string?> Settings(Installation installation)
    {
        var settings = installation.Settings();
        settings["urls"] = "http://127.0.0.1:0";
        foreach (var (key, role) in new[] { (StockKey, Roles.Stock), (OperatorKey, Roles.Operator), (OrdersKey, Roles.Orders) })
        {
            settings[$"ApiKeys:Keys:{role}:Merchant"] = "acme";
            settings[$"ApiKeys:Keys:{role}:Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            settings[$"ApiKeys:Keys:{role}:Roles:0"] = role;
        }

        return settings;
    }
}
