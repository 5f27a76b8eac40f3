using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Processing;
using Repository;
using MassTransitClient;

namespace Orders.Sagas.Tests;

/// <summary>
/// A plain MassTransit client gets all that it needs with the rights of an outside system: its orders, every event, responses to requests.
/// </summary>
public sealed class MassTransitClientTests
{
    [Fact]
    public async Task Every_way_of_sending_places_one_order()
    {
        SkipWithoutServers();
        await using var rig = await Start();
        await using var shop = await Connected.To(rig);
        await shop.Shop.Send(shop.Bus, Order("exchange"));
        // These ways take the rights of a service.
        var own = rig.Services.GetRequiredService<IBus>();
        await (await own.GetSendEndpoint(new Uri("queue:submit-order"))).Send(Order("queue"));
        await (await own.GetSendEndpoint(new Uri("exchange:OrderSaga.Contracts:SubmitOrder"))).Send(Order("publish"));
        await (await own.GetSendEndpoint(new Uri("exchange:submit-order")))
            .Send(Order("raw"), new RawMessage(JsonSerializer.Serialize(Order("raw"), JsonSerializerOptions.Web)));
        (await shop.Shop.Request(shop.Bus, Order("request"))).ShouldBeOfType<OrderSubmitted>().IdempotencyKey.ShouldBe("request");

        string[] keys = ["exchange", "publish", "queue", "raw", "request"];
        await Eventually.Becomes("each order has its event", () => Task.FromResult(Keys<OrderSubmitted>(shop)), received => received == string.Join(' ', keys));
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(keys.Length);
        (await rig.Failed()).ShouldBeEmpty();
        await Eventually.Becomes("the queues are empty", () => Left(rig), left => left == 0, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_invalid_bus_request_is_answered()
    {
        SkipWithoutServers();
        await using var rig = await Start();
        await using var shop = await Connected.To(rig);
        (await shop.Shop.Request(shop.Bus, Order("bad") with { Currency = "eur" })).ShouldBeOfType<OrderRejected>().Code.ShouldBe("invalid-order");
        await Eventually.Holds("the event arrives too", () => Keys<OrderRejected>(shop) == "bad");
        // Again: the first response may have been lost.
        await shop.Shop.Request(shop.Bus, Order("good"));
        (await shop.Shop.Request(shop.Bus, Order("good"))).ShouldBeOfType<OrderSubmitted>();
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task An_order_for_another_merchant_is_answered_forbidden()
    {
        SkipWithoutServers();
        await using var rig = await Start();
        await using var shop = await Connected.To(rig);
        var rejected = (await shop.Shop.Request(shop.Bus, Order("foreign") with { Merchant = "beta" })).ShouldBeOfType<OrderRejected>();
        (rejected.Merchant, rejected.Code, rejected.Detail).ShouldBe(("acme", "forbidden", $"The broker user {Client} may order for acme only."));
    }

    /// <summary>An outside system can bind to them before the first order.</summary>
    [Fact]
    public async Task What_outside_systems_need_exists_from_the_start()
    {
        SkipWithoutServers();
        await using var rig = await Start();
        var exchanges = (await rig.Installation.Manage(HttpMethod.Get, "exchanges", ""))!.AsArray().Select(exchange => (string)exchange!["name"]!);
        exchanges.Where(name => name.Length > 0 && !name.StartsWith("amq.", StringComparison.Ordinal)).ShouldBe(
        [
            "orders", "ordersaga.returned", "submit-order", "submit-order.quorum", "OrderSaga.Contracts:SubmitOrder",
            .. new[] { "Submitted", "Rejected", "Completed", "Cancelled", "NeedsReview" }.Select(name => "OrderSaga.Contracts:Order" + name),
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task Every_public_event_reaches_a_plain_client()
    {
        SkipWithoutServers();
        await using var rig = await Start();
        await using var shop = await Connected.To(rig);
        var (id, at, money) = (Guid.CreateVersion7(), new DateTime(2026, 11, 29, 1, 2, 3, DateTimeKind.Utc), new Money(5, "EUR"));
        var submitted = new OrderSubmitted(id, "acme", "k", money, [new OrderLine("tea-001", 2)], at);
        var rejected = new OrderRejected("acme", "k", "unknown-sku", "/lines/0/sku: not there");
        var completed = new OrderCompleted(id, "acme", "k", money, at);
        var cancelled = new OrderCancelled(id, "acme", "k", "sold out", at);
        var review = new OrderNeedsReview(id, "acme", "k", "no answer", at);
        await rig.Services.GetRequiredService<UnitOfWork<OrdersDb>>().Run(async work =>
        {
            await work.Publish(submitted);
            await work.Publish(rejected);
            await work.Publish(completed);
            await work.Publish(cancelled);
            await work.Publish(review);
        });
        await Eventually.Holds("five events", () => shop.Shop.Received.Count == 5);
        Json(shop.Shop.Received).ShouldBe(Json([submitted, rejected, completed, cancelled, review]), ignoreOrder: true);
    }

    [Fact]
    public async Task The_documented_client_sample_is_the_tested_one()
    {
        var code = await File.ReadAllTextAsync(Path.Combine(Repo.Root, "tests/Orders.Sagas.Tests/MassTransitClient.cs"));
        var sample = code.Split("// begin sample\n")[1].Split("    // end sample")[0];
        var shown = string.Join('\n', sample.Split('\n').Select(line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line)).Trim();
        (await File.ReadAllTextAsync(Path.Combine(Repo.Root, "docs/integration.md"))).ShouldContain(shown);
    }

    static IEnumerable<string> Json(IEnumerable<object> messages) =>
        messages.Select(message => message.GetType().Name + JsonSerializer.Serialize(message, message.GetType(), JsonSerializerOptions.Web));

    static readonly string Client = $"shop-{Guid.CreateVersion7():N}"[..24];

    static void SkipWithoutServers() => Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "It needs a broker.");

    static SubmitOrder Order(string key) => new("acme", key, "EUR", [new OrderLine("tea-001", 2)], new PaymentInstruction("card", "tok_ok"));

    static string Keys<T>(Connected shop) where T : class => string.Join(' ', shop.Shop.Received.OfType<T>().Select(KeyOf).Order());

    static string KeyOf(object received) => received is OrderSubmitted submitted ? submitted.IdempotencyKey : ((OrderRejected)received).IdempotencyKey;

    static async Task<int> Left(Rig rig) => (await rig.Installation.Manage(HttpMethod.Get, "queues", ""))!.AsArray()
        .Where(queue => ((string)queue!["name"]!).StartsWith("submit-order", StringComparison.Ordinal)).Sum(queue => (int?)queue!["messages"] ?? 1);

    static async Task<Rig> Start()
    {
        var rig = await Rig.Start(Mode.Servers, null, $"Bus:Users={Client}=acme");
        await rig.Db(db =>
        {
            db.Products.Add(new Product { Sku = "tea-001", Name = "Green tea", UnitPrice = 1250, Currency = "EUR", UpdatedAt = rig.Clock.Now });
            return db.SaveChangesAsync();
        });
        return rig;
    }

    sealed class Connected(BrokerUsers users, Shop shop, IBusControl bus) : IAsyncDisposable
    {
        public Shop Shop => shop;
        public IBusControl Bus => bus;

        public static async Task<Connected> To(Rig rig)
        {
            var users = new BrokerUsers(rig.Installation, prefix: "");
            var shop = new Shop(await users.Add(Client));
            var bus = shop.Connect();
            await bus.StartAsync();
            return new Connected(users, shop, bus);
        }

        public async ValueTask DisposeAsync()
        {
            await bus.StopAsync();
            await users.DisposeAsync();
        }
    }
}
