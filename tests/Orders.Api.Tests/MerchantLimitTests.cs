using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>What one merchant may take of what it shares with the others.</summary>
public sealed class MerchantLimitTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task One_merchant_leaves_room_for_the_others(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "--Orders:PlacementBatchSize=1", "--Orders:MaxOrdersInProgress=10");
        for (var i = 0; i < 8; i++)
            (await shop.Greedy.Place($"key-{i}")).ShouldBe(202);
        for (var i = 0; i < 20; i++)
        {
            var refused = (await shop.Greedy.Place($"more-{i}")).ShouldBeProblem(429, "too-many-orders");
            ((string)refused.Json["detail"]!).ShouldContain("8 orders in progress");
            refused.Header("Retry-After").ShouldNotBeNull();
        }

        (await shop.Greedy.Place("key-0")).ShouldBe(202).Header("Idempotency-Replayed").ShouldBe("true");
        (await shop.Other.Place("key-0")).ShouldBe(202);
        await Eventually.Holds("the merchant is refused before its request is read", async () =>
            (await shop.Greedy.Place("broken", "{")).Status == 429);
        (await shop.Other.Place("key-1")).ShouldBe(202);
        shop.Limited("orders in progress of the merchant", shop.Greedy).ShouldBeGreaterThanOrEqualTo(20);
        shop.Limited("orders in progress", shop.Other).ShouldBe(0);
    }

    /// <summary>Orders over the bus are not refused.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_merchant_beyond_its_share_leaves_room_for_others(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "--Orders:PlacementBatchSize=1", "--Orders:MaxOrdersInProgress=10");
        for (var i = 0; i < 8; i++)
            (await shop.Greedy.Place($"key-{i}")).ShouldBe(202);
        for (var i = 0; i < 2; i++)
            (await shop.Other.Place($"given-{i}")).ShouldBe(202);
        var merchant = await shop.Host.Read(db => db.Orders.Where(order => order.IdempotencyKey == "key-0").Select(order => order.Merchant).SingleAsync());
        await shop.Host.Read(db => db.Orders.ExecuteUpdateAsync(set => set.SetProperty(order => order.Merchant, merchant)));
        await Eventually.Holds("the other finds room", async () => (await shop.Other.Place("key-0")).Status == 202);
        (await shop.Greedy.Place("key-8")).ShouldBe(429);
        (await shop.Other.Place("key-1")).ShouldBe(202);
        (await shop.Other.Place("key-2")).ShouldBe(429);
    }

    [Fact]
    public async Task Concurrent_orders_never_exceed_the_share()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "--Orders:MaxOrdersInProgress=80");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => shop.Greedy.Place($"key-{i}")));
        answers.Count(answer => answer.Status == 202).ShouldBe(64);
        (await shop.Other.Place("key")).ShouldBe(202);
    }

    [Fact]
    public async Task A_merchant_has_a_bounded_number_of_event_streams()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "--Limits:MaxStreamsPerMerchant=2");
        var (own, foreign) = ($"/orders/{await shop.Greedy.Placed()}/events", $"/orders/{await shop.Other.Placed()}/events");
        var first = await shop.Greedy.Open(own);
        using var second = await shop.Greedy.Open(own);
        var refused = (await shop.Greedy.Get(own)).ShouldBeProblem(429, "too-many-requests");
        refused.Header("Retry-After").ShouldBe("10");
        shop.Limited("event streams", shop.Greedy).ShouldBe(1);
        using var other = await shop.Other.Open(foreign);

        first.Dispose();
        await Eventually.Holds("a closed stream makes room", async () =>
        {
            try
            {
                (await shop.Greedy.Open(own)).Dispose();
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Requests_that_place_nothing_are_limited()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "--Orders:MaxFailedPlacementsPerSecond=1");
        for (var i = 0; i < 10; i++)
            (await shop.Greedy.Place($"key-{i}")).ShouldBe(202);
        for (var i = 0; i < 10; i++)
            (await shop.Greedy.Place("key-0")).ShouldBe(202);

        var failed = new List<Answer>();
        while (failed.Count < 20)
            failed.Add(await shop.Greedy.Place(failed.Count % 2 == 0 ? "" : Caller.NewKey(), failed.Count % 4 < 2 ? "" : Unknown));
        failed.Count(answer => answer.Status is 400 or 422).ShouldBeInRange(2, 10);
        var refused = failed.First(answer => answer.Status is not (400 or 422)).ShouldBeProblem(429, "too-many-requests");
        refused.Header("Retry-After").ShouldBe("1");
        shop.Limited("failed placements", shop.Greedy).ShouldBeGreaterThanOrEqualTo(10);

        (await shop.Greedy.Place("key-0")).ShouldBe(202).Header("Idempotency-Replayed").ShouldBe("true");
        (await shop.Other.Place("key")).ShouldBe(202);
        await Eventually.Holds("the merchant's orders are accepted again", async () => (await shop.Greedy.Place("good")).Status == 202);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_merchant_has_a_bounded_number_of_unpaid_orders(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "--Orders:MaxUnpaidOrdersPerMerchant=3");
        for (var i = 0; i < 3; i++)
            (await shop.Greedy.Place($"key-{i}", Caller.Hosted)).ShouldBe(202);
        var placed = await shop.Host.Read(db => db.Orders.Select(order => order.CorrelationId).ToListAsync());

        var refused = (await shop.Greedy.Place("key-3", Caller.Hosted)).ShouldBeProblem(429, "too-many-unpaid-orders");
        refused.Header("Retry-After").ShouldBe("10");
        (await shop.Greedy.Place("key-0", Caller.Hosted)).ShouldBe(202).Header("Idempotency-Replayed").ShouldBe("true");
        (await shop.Greedy.Place("by card")).ShouldBe(202);
        (await shop.Other.Place("key", Caller.Hosted)).ShouldBe(202);
        shop.Limited("unpaid orders", shop.Greedy).ShouldBe(1);
        shop.Gauge("ordersaga.orders.unpaid", shop.Greedy).ShouldBe(3);

        await shop.Host.Drive(placed[0], OrderStates.AwaitingPayment, "PaymentPending", order => order.PaymentUrl = "https://pay.example/1");
        await shop.Host.Drive(placed[1], OrderStates.ConfirmingPayment, "PaymentAuthorized");
        await Eventually.Holds("a paid order makes room", async () => (await shop.Greedy.Place("key-3", Caller.Hosted)).Status == 202);
        (await shop.Greedy.Place("key-4", Caller.Hosted)).ShouldBeProblem(429, "too-many-unpaid-orders");
    }

    [Fact]
    public async Task Unpaid_orders_hold_a_bounded_number_of_pieces()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "--Orders:MaxUnpaidPiecesPerMerchant=10");
        (await shop.Greedy.Place("key-0", Pieces(6))).ShouldBe(202);
        var refused = (await shop.Greedy.Place("key-1", Pieces(5))).ShouldBeProblem(429, "too-many-unpaid-orders");
        ((string)refused.Json["detail"]!).ShouldContain("hold 6 pieces, and this one needs 5; the maximum is 10");
        (await shop.Greedy.Place("key-2", Pieces(4))).ShouldBe(202);
        (await shop.Other.Place("key-0", Pieces(10))).ShouldBe(202);
        shop.Gauge("ordersaga.orders.unpaid.pieces", shop.Greedy).ShouldBe(10);
    }

    [Fact]
    public async Task Concurrent_unpaid_orders_never_exceed_the_limit()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "--Orders:MaxUnpaidOrdersPerMerchant=25");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => shop.Greedy.Place($"key-{i}", Caller.Hosted)));
        answers.Count(answer => answer.Status == 202).ShouldBe(25);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Unpaid_orders_of_other_processes_count(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "--Orders:MaxUnpaidOrdersPerMerchant=3");
        for (var i = 0; i < 3; i++)
            (await shop.Greedy.Place($"key-{i}", Caller.Hosted)).ShouldBe(202);
        await using var second = await ApiHost.Start(shop.Installation, false, "--Orders:MaxUnpaidOrdersPerMerchant=4");
        var there = new Caller(second, shop.Greedy.Merchant, shop.Greedy.Key);
        await Eventually.Holds("both processes know them", () => shop.Gauge("ordersaga.orders.unpaid", shop.Greedy) == 6);
        (await there.Place("key-3", Caller.Hosted)).ShouldBe(202);
        (await there.Place("key-4", Caller.Hosted)).ShouldBeProblem(429, "too-many-unpaid-orders");
    }

    [Theory]
    [InlineData("/orders")]
    [InlineData("/products")]
    [InlineData("/webhook-endpoints")]
    public async Task Lists_are_limited_by_key(string list)
    {
        await using var shop = await Shop.Open(Mode.Embedded, "--Rates:Query:KeyPerSecond=1", "--Rates:Query:KeyBurst=3");
        var answers = new List<Answer>();
        while (answers.Count < 10)
            answers.Add(await shop.Greedy.Get(list));
        answers.Take(3).ShouldAllBe(answer => answer.Status == 200);
        answers.First(answer => answer.Status != 200).ShouldBeProblem(429, "too-many-requests").Header("Retry-After").ShouldNotBeNull();
        shop.Limited("queries", shop.Greedy).ShouldBeGreaterThan(0);
        (await shop.Other.Get(list)).ShouldBe(200);
    }

    static readonly string Unknown = Caller.Order.Replace("tea-001", "no-such-001", StringComparison.Ordinal);

    static string Pieces(int pieces) => Caller.Hosted.Replace("\"quantity\":1", $"\"quantity\":{pieces}", StringComparison.Ordinal);

    /// <summary>Two merchants, and what the metrics say about them.</summary>
    sealed class Shop : IAsyncDisposable
    {
        readonly MeterListener metrics = new();
        readonly ConcurrentDictionary<string, long> values = new();

        public required Installation Installation { get; init; }
        public required ApiHost Host { get; init; }
        public required Caller Greedy { get; init; }
        public required Caller Other { get; init; }

        public static async Task<Shop> Open(Mode mode, params string[] settings)
        {
            var installation = await mode.Fresh("orders");
            // Metrics are of the whole test process: names of their own.
            var (one, two) = ($"greedy-{Guid.CreateVersion7():N}", $"other-{Guid.CreateVersion7():N}");
            var greedy = ApiKeys.Create(installation.Directory, "greedy", one, Roles.Orders, Roles.Catalogue);
            var other = ApiKeys.Create(installation.Directory, "other", two, Roles.Orders);
            var host = await ApiHost.Start(installation, true, settings);
            var shop = new Shop { Installation = installation, Host = host, Greedy = new(host, one, greedy), Other = new(host, two, other) };
            await shop.Greedy.Price("tea-001", 1250);
            shop.Listen();
            return shop;
        }

        public long Limited(string limit, Caller caller) => values.GetValueOrDefault($"ordersaga.requests.limited {limit} {caller.Merchant}");

        /// <summary>The sum over all hosts.</summary>
        public long Gauge(string name, Caller caller)
        {
            values.Clear();
            metrics.RecordObservableInstruments();
            return values.GetValueOrDefault($"{name} {caller.Merchant}");
        }

        public async ValueTask DisposeAsync()
        {
            metrics.Dispose();
            await Host.DisposeAsync();
            await Installation.DisposeAsync();
        }

        void Listen()
        {
            metrics.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == Instruments.Name && instrument.Name is "ordersaga.requests.limited" or "ordersaga.orders.unpaid"
                    or "ordersaga.orders.unpaid.pieces")
                    self.EnableMeasurementEvents(instrument);
            };
            metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
                values.AddOrUpdate($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}", value, (_, sum) => sum + value));
            metrics.Start();
        }
    }
}
