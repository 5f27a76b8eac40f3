using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

public sealed class BackpressureTests
{
    const int Bound = 5;

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Orders_beyond_the_limit_get_429_until_others_finish(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        for (var i = 0; i < Bound; i++)
            (await shop.Merchant.Place($"key-{i}")).ShouldBe(202);
        var placed = await shop.Host.Read(db => db.Orders.Select(order => order.CorrelationId).ToListAsync());

        var refused = (await shop.Merchant.Place("one too many")).ShouldBeProblem(429, "too-many-orders");
        refused.Header("Retry-After").ShouldBe("1");
        (await shop.Host.Read(db => db.Orders.CountAsync())).ShouldBe(Bound, "nothing was placed");

        await shop.Host.Drive(placed[0], OrderStates.AwaitingPayment, "PaymentPending", order => order.PaymentUrl = "https://pay.example/1");
        await shop.Host.Drive(placed[1], OrderStates.Completed, "StockConfirmed", order => order.NextRetryAt = null);
        await Eventually.Holds("orders are accepted again", async () => (await shop.Merchant.Place("one too many")).Status == 202);
        await Eventually.Holds("a pending payment does not count", async () => (await shop.Merchant.Place("the last")).Status == 202);
        (await shop.Merchant.Place("one too many again")).ShouldBeProblem(429, "too-many-orders");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_repeated_request_is_answered_at_any_load(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var first = (await shop.Merchant.Place("key-0")).ShouldBe(202);
        for (var i = 1; i < Bound; i++)
            (await shop.Merchant.Place($"key-{i}")).ShouldBe(202);
        await Eventually.Holds("new orders are refused", async () => (await shop.Merchant.Place("new")).Status == 429);

        foreach (var spelling in new[] { "key-0", "\"key-0\"", " key-0 " })
        {
            var again = (await shop.Merchant.Place(spelling)).ShouldBe(202);
            again.Header("Idempotency-Replayed").ShouldBe("true");
            again.Text.ShouldBe(first.Text);
        }

        (await shop.Merchant.Place("key-0", Caller.Hosted)).ShouldBeProblem(422, "idempotency-key-reused");
        (await shop.Merchant.Place("")).ShouldBeProblem(400, "invalid-idempotency-key");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Only_placed_orders_count_towards_the_limit(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        (await shop.Merchant.Place("key-0")).ShouldBe(202);
        var unknown = Caller.Order.Replace("tea-001", "no-such-001", StringComparison.Ordinal);
        for (var round = 1; round < Bound - 1; round++)
        {
            var useless = Enumerable.Range(0, 3 * Bound).Select(i => (i % 3) switch
            {
                0 => shop.Merchant.Place($"bad-{round}-{i}", "{}"),
                1 => shop.Merchant.Place("key-0"),
                _ => shop.Merchant.Place($"unknown-{round}-{i}", unknown),
            });
            var answers = await Task.WhenAll(useless.Append(shop.Merchant.Place($"key-{round}")));
            answers[^1].ShouldBe(202);
            answers.Select(answer => answer.Status).ShouldNotContain(429);
        }

        (await shop.Merchant.Place("the last")).ShouldBe(202);
        (await shop.Merchant.Place("one too many")).ShouldBeProblem(429, "too-many-orders");
    }

    [Fact]
    public async Task Concurrent_orders_never_exceed_the_limit()
    {
        await using var shop = await Shop.Open(Mode.Embedded, batch: 64, bound: 64);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => shop.Merchant.Place($"key-{i}")));
        answers.Count(answer => answer.Status == 202).ShouldBe(64);
        answers.Count(answer => answer.Status == 429).ShouldBe(136);
        (await shop.Host.Read(db => db.Orders.CountAsync())).ShouldBe(64);
    }

    /// <summary>Orders that wait for their customers are many, and may wait for days.</summary>
    [Fact]
    public async Task Counting_reads_no_order_that_waits_for_a_customer()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "Plans are looked at on PostgreSQL.");
        await using var shop = await Shop.Open(Mode.PostgreSql);
        (await shop.Merchant.Place("key-0")).ShouldBe(202);
        await shop.Host.Read(db => db.Database.ExecuteSqlRawAsync("""
            INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object(
                'id', gen_random_uuid(), 'idempotency_key', 'waiting-' || n, 'payment_url', 'https://pay.example/1'))).*
            FROM orders o, generate_series(1, 3000) n;
            ANALYZE orders
            """));
        var plan = await shop.Host.Read(Plan);
        plan.ShouldContain("ix_orders_next_retry_at");
        plan.Split('\n').ShouldNotContain(line => line.Contains("Sort Key") && line.Contains("next_retry_at"), "the rows come in the order of the index");
    }

    static async Task<string> Plan(OrdersDb db)
    {
        await using var command = Backpressure.ByMerchant(db, Bound).CreateDbCommand();
        command.CommandText = "EXPLAIN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var plan = "";
        while (await rows.ReadAsync())
            plan += rows.GetString(0) + "\n";
        return plan;
    }

    sealed record Shop(Installation Installation, ApiHost Host, Caller Merchant) : IAsyncDisposable
    {
        public static async Task<Shop> Open(Mode mode, int batch = 1, int bound = Bound)
        {
            var installation = await mode.Fresh("orders");
            var key = ApiKeys.Create(installation.Directory, "acme", "acme", Roles.Orders, Roles.Catalogue);
            var host = await ApiHost.Start(installation, true,
                $"--Orders:PlacementBatchSize={batch}", $"--Orders:MaxOrdersInProgress={bound}", $"--Orders:MaxOrdersInProgressPerMerchant={bound}");
            var merchant = new Caller(host, "acme", key);
            await merchant.Price("tea-001", 1250);
            return new Shop(installation, host, merchant);
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Installation.DisposeAsync();
        }
    }
}
