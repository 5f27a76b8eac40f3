using System.Diagnostics;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>A caller's deadline leaves a stored order or nothing; waits and streams are not cut.</summary>
public sealed class DeadlineTests
{
    const int Seed = 20_261_130;

    static readonly TimeSpan AfterTheDeadline = TimeSpan.FromSeconds(1.5);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_deadline_leaves_a_stored_order_or_nothing(Mode mode)
    {
        await using var installation = await mode.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        var random = new Random(Seed);
        var deadlines = Enumerable.Range(0, 300).Select(i => i % 10 == 0 ? 20_000 : random.Next(5, 40)).ToList();
        var answers = await Task.WhenAll(deadlines.Select((deadline, i) => shop.Merchant.Place($"order-{i}", Caller.Order, Within(deadline))));
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].Status != 202)
                answers[i].ShouldBeProblem(504, "deadline");
            var repeated = (await shop.Merchant.Place($"order-{i}")).ShouldBe(202);
            (repeated.Header("Idempotency-Replayed") == "true").ShouldBe(answers[i].Status == 202, $"order-{i} of seed {Seed}, {deadlines[i]} ms");
        }

        answers.Select(answer => answer.Status).Distinct().ShouldBe([202, 504], ignoreOrder: true);
    }

    [Fact]
    public async Task A_placement_that_has_begun_finishes_and_a_queued_one_ends()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "It needs a lock that a placement waits for.");
        await using var installation = await Mode.PostgreSql.Fresh("orders");
        await using var shop = await Shop.Open(installation, "--Database:LockTimeoutMilliseconds=20000", "--Database:RequestTimeoutSeconds=30");
        Task<Answer> begun;
        await using (await DatabaseHold.Begin(installation, "BEGIN; LOCK TABLE idempotency_keys IN ACCESS EXCLUSIVE MODE"))
        {
            var watch = Stopwatch.StartNew();
            begun = shop.Merchant.Place("begun", Caller.Order, Within(5000));
            await Eventually.Holds("its transaction waits for the lock", async () => await shop.Host.Read(db => db.Database.SqlQueryRaw<int>(
                "SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").SingleAsync()) > 0);
            (await shop.Merchant.Place("queued", Caller.Order, Within(200))).ShouldBeProblem(504, "deadline");
            await Eventually.Holds("the time of the first one is over", () => watch.Elapsed > TimeSpan.FromSeconds(6));
            begun.IsCompleted.ShouldBeFalse("its transaction may place the order");
        }

        (await begun).ShouldBe(202).Header("Idempotency-Replayed").ShouldBeNull();
        (await shop.Merchant.Place("begun")).ShouldBe(202).Header("Idempotency-Replayed").ShouldBe("true");
        (await shop.Merchant.Place("queued")).ShouldBe(202).Header("Idempotency-Replayed").ShouldBeNull();
    }

    [Fact]
    public async Task A_write_that_waits_for_a_row_ends_at_its_deadline()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite locks its whole file.");
        await using var installation = await Mode.PostgreSql.Fresh("orders");
        await using var shop = await Shop.Open(installation, "--Database:LockTimeoutMilliseconds=20000", "--Database:RequestTimeoutSeconds=30");
        await using (await DatabaseHold.Begin(installation, "BEGIN; SELECT 1 FROM products WHERE sku = 'tea-001' FOR UPDATE"))
        {
            var watch = Stopwatch.StartNew();
            (await shop.Merchant.Send(HttpMethod.Put, "/products/tea-001", """{"name":"Tea","unitPrice":7,"currency":"EUR"}""", [Within(200)]))
                .ShouldBeProblem(504, "deadline");
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }

        (await shop.Merchant.Get("/products/tea-001")).ShouldBe(200).Json["unitPrice"]!.GetValue<long>().ShouldBe(1250);
    }

    [Fact]
    public async Task A_call_with_a_deadline_of_1_places_and_reads_nothing()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        var id = await shop.Merchant.Placed();
        foreach (var path in (string[])["/orders", $"/orders/{id}", $"/orders/{id}/timeline", "/products"])
            (await shop.Merchant.Get(path, Within(1))).ShouldBeProblem(504, "deadline");
        (await shop.Merchant.Place("k", Caller.Order, Within(1))).ShouldBeProblem(504, "deadline");
        (await shop.Merchant.Place("k", Caller.Order, (Deadline.Header, "soon"))).ShouldBeProblem(400, "invalid-deadline");
        (await shop.Host.Read(db => db.Orders.CountAsync())).ShouldBe(1);
    }

    /// <summary>Its transaction has begun and may still commit: 504 would say that nothing was changed.</summary>
    [Fact]
    public async Task A_placement_of_unknown_outcome_is_503_after_its_time()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        await using (await DatabaseHold.Begin(installation, "BEGIN IMMEDIATE"))
            (await shop.Merchant.Place("k", Caller.Order, Within(3000))).ShouldBeProblem(503, "database-unavailable");
        (await shop.Merchant.Place("k")).ShouldBe(202);
        (await shop.Host.Read(db => db.Orders.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task Prefer_wait_goes_on_after_the_setting()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation, "--Http:DeadlineSeconds=1");
        var watch = Stopwatch.StartNew();
        var waiting = shop.Merchant.Place("k", Caller.Order, ("Prefer", "wait=20"));
        await Eventually.Holds("the deadline is over", () => watch.Elapsed > AfterTheDeadline);
        waiting.IsCompleted.ShouldBeFalse();
        await Complete(shop.Host);
        (await waiting).ShouldBe(200).Json["status"]!.GetValue<string>().ShouldBe("Completed");
    }

    [Fact]
    public async Task Prefer_wait_ends_with_the_callers_time()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        var watch = Stopwatch.StartNew();
        var answer = (await shop.Merchant.Place("k", Caller.Order, ("Prefer", "wait=30"), Within(4000))).ShouldBe(202);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (await shop.Merchant.Place("k")).ShouldBe(202).Json["id"]!.GetValue<Guid>().ShouldBe(answer.Json["id"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task A_cancellation_is_answered_within_the_callers_time()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        var id = await shop.Merchant.Placed();
        (await shop.Merchant.Post($"/orders/{id}/cancel", "{}", Within(4000))).ShouldBe(202);
        (await shop.Host.Read(db => db.Orders.SingleAsync())).CancellationRequested.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_event_stream_outlives_every_deadline()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation, "--Http:DeadlineSeconds=1");
        var id = await shop.Merchant.Placed();
        var watch = Stopwatch.StartNew();
        using var stream = await shop.Merchant.Open($"/orders/{id}/events", Within(100));
        await Eventually.Holds("the deadlines are over", () => watch.Elapsed > AfterTheDeadline);
        await Complete(shop.Host);
        (await stream.ReadToEndAsync()).ShouldContain("\"to\":\"Completed\"");
    }

    static (string Name, string Value) Within(int milliseconds) => (Deadline.Header, milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture));

    static async Task Complete(ApiHost host)
    {
        var order = await Eventually.Becomes("the order is there", () => host.Read(db => db.Orders.SingleOrDefaultAsync()), found => found is not null);
        await host.Drive(order!.CorrelationId, OrderStates.Completed, "StockConfirmed");
    }

    sealed class Shop(ApiHost host, Caller merchant) : IAsyncDisposable
    {
        public ApiHost Host => host;
        public Caller Merchant => merchant;

        public static async Task<Shop> Open(Installation installation, params string[] settings)
        {
            var key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders, Roles.Catalogue);
            var host = await ApiHost.Start(installation, withBus: false, settings);
            var shop = new Shop(host, new Caller(host, "m", key));
            await shop.Merchant.Price("tea-001", 1250);
            return shop;
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
