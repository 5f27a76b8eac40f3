using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Contracts;

namespace Orders.Api.Tests;

/// <summary>Placing an order over the bus.</summary>
public sealed class BusTests
{
    static readonly OrderLine[] Lines = [new("tea-001", 2)];
    static readonly PaymentInstruction Card = new("card", "tok_ok");

    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task A_repeated_bus_order_is_placed_once_and_answered_each_time(Mode mode)
    {
        var bus = await Listener.On(mode);
        var merchant = bus.Api.Merchant();
        var order = new SubmitOrder(merchant.Merchant, "k", "EUR", Lines, Card);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bus.Send(order)));

        await Eventually.Holds("eight answers", () => bus.Submitted(merchant.Merchant).Count == 8);
        var received = bus.Submitted(merchant.Merchant).Distinct(Same).ShouldHaveSingleItem();
        (received.IdempotencyKey, received.Total, received.Lines.Count).ShouldBe(("k", new Money(2500, "EUR"), 1));
        (await merchant.Get($"/orders/{received.OrderId}")).ShouldBe(200);

        var byHttp = (await merchant.Place("k")).ShouldBe(202);
        byHttp.Header("Idempotency-Replayed").ShouldBe("true");
        byHttp.Json["id"]!.GetValue<Guid>().ShouldBe(received.OrderId);
        (await bus.Api.Host.Read(db => db.Orders.CountAsync(row => row.Merchant == merchant.Merchant))).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Bus_rejections_use_the_same_codes_as_HTTP(Mode mode)
    {
        var bus = await Listener.On(mode);
        var merchant = bus.Api.Merchant();
        (await merchant.Place("used")).ShouldBe(202);
        SubmitOrder[] orders =
        [
            new(merchant.Merchant, "used", "EUR", Lines, new("hosted")),
            new(merchant.Merchant, "1", "EUR", [new("nothing-001", 1)], Card),
            new(merchant.Merchant, "2", "EUR", [new("dollar-001", 1)], Card),
            new(merchant.Merchant, "3", "eur", [], new("cash")),
            new(merchant.Merchant, "4", null!, null!, null!),
            new(merchant.Merchant, "5", "EUR", Lines, Card, Total: new Money(1, "EUR")),
            new(merchant.Merchant, "6", "EUR", Lines, Card, Total: new Money(2500, "USD")),
        ];
        await Task.WhenAll(orders.Select(bus.Send));
        await Eventually.Holds("seven rejections", () => bus.Rejected(merchant.Merchant).Count == 7);
        bus.Rejected(merchant.Merchant).OrderBy(rejected => rejected.IdempotencyKey).Select(rejected => $"{rejected.IdempotencyKey} {rejected.Code}")
            .ShouldBe(["1 unknown-sku", "2 currency-differs", "3 invalid-order", "4 invalid-order", "5 price-changed", "6 invalid-order",
                "used idempotency-key-reused"]);
        bus.Rejected(merchant.Merchant).Single(rejected => rejected.IdempotencyKey == "5").Detail.ShouldContain("the total is now 2500 EUR");
        bus.Rejected(merchant.Merchant).Single(rejected => rejected.IdempotencyKey == "3").Detail.ShouldContain("/payment/method");
        (await bus.Api.Host.Read(db => db.Orders.CountAsync(row => row.Merchant == merchant.Merchant))).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task An_invalid_merchant_or_key_is_rejected(Mode mode)
    {
        var bus = await Listener.On(mode);
        await bus.Send(new SubmitOrder("Not Valid", "k", "EUR", Lines, Card));
        await Eventually.Holds("a rejection of the merchant", () => bus.Rejected("Not Valid").Any(rejected => rejected.Code == "invalid-merchant"));
        var merchant = bus.Api.Merchant().Merchant;
        await bus.Send(new SubmitOrder(merchant, "", "EUR", Lines, Card));
        await Eventually.Holds("a rejection of the key", () => bus.Rejected(merchant).Any(rejected => rejected.Code == "invalid-idempotency-key"));
    }

    static readonly EqualityComparer<OrderSubmitted> Same = EqualityComparer<OrderSubmitted>.Create(
        (a, b) => a!.OrderId == b!.OrderId && a.SubmittedAt == b.SubmittedAt && a.Total == b.Total, received => received.OrderId.GetHashCode());

    /// <summary>Collects published events.</summary>
    sealed class Listener(Api api)
    {
        static readonly ConcurrentDictionary<Mode, Task<Listener>> Known = new();
        readonly ConcurrentQueue<OrderSubmitted> submitted = new();
        readonly ConcurrentQueue<OrderRejected> rejected = new();

        public Api Api => api;

        public static Task<Listener> On(Mode mode) => Known.GetOrAdd(mode, Connect);

        public List<OrderSubmitted> Submitted(string merchant) => [.. submitted.Where(received => received.Merchant == merchant)];

        public List<OrderRejected> Rejected(string merchant) => [.. rejected.Where(received => received.Merchant == merchant)];

        public async Task Send(SubmitOrder order)
        {
            // Sends to the exchange: a queue address would declare the queue again without its arguments.
            var scheme = api.Installation.Mode.Transport == "RabbitMq" ? "exchange:" : "queue:";
            var endpoint = await api.Host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri(scheme + Queues.SubmitOrder));
            await endpoint.Send(order);
        }

        static async Task<Listener> Connect(Mode mode)
        {
            var listener = new Listener(await Api.Of(mode));
            var handle = listener.Api.Host.Services.GetRequiredService<IBus>().ConnectReceiveEndpoint("listener", endpoint =>
            {
                endpoint.Handler<OrderSubmitted>(context => Task.Run(() => listener.submitted.Enqueue(context.Message)));
                endpoint.Handler<OrderRejected>(context => Task.Run(() => listener.rejected.Enqueue(context.Message)));
            });
            await handle.Ready;
            return listener;
        }
    }
}
