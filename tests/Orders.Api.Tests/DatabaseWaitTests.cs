using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>The database is locked or read-only: callers get a quick response, and the same key places the order once later.</summary>
public sealed class DatabaseWaitTests
{
    /// <summary>The setting is five seconds; the rest allows for a machine that is busy with other tests.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(12);

    public static TheoryData<Mode, string> Holds()
    {
        var data = new TheoryData<Mode, string> { { Mode.Embedded, "BEGIN IMMEDIATE" } };
        if (Mode.Postgres is null)
            return data;
        data.Add(Mode.PostgreSql, "BEGIN; LOCK TABLE orders, idempotency_keys, products IN EXCLUSIVE MODE");
        data.Add(Mode.PostgreSql, "BEGIN; LOCK TABLE orders, products IN ACCESS EXCLUSIVE MODE");
        return data;
    }

    [Theory, MemberData(nameof(Holds))]
    public async Task Writes_to_a_locked_database_time_out_quickly(Mode mode, string hold)
    {
        await using var installation = await mode.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        await using (await DatabaseHold.Begin(installation, hold))
        {
            var watch = Stopwatch.StartNew();
            var answers = await Task.WhenAll(
                shop.Merchant.Place("first"), shop.Merchant.Place("second"), shop.Merchant.Place("first"),
                shop.Catalogue.Put("/products/tea-001", """{"name":"Tea","unitPrice":1,"currency":"EUR"}"""));
            foreach (var answer in answers)
                answer.ShouldBeProblem(503, "database-unavailable").Header("Retry-After").ShouldNotBeNull();
            watch.Elapsed.ShouldBeLessThan(Soon);
        }

        await PlacedOnce(shop, "first");
    }

    /// <summary>
    /// Another process is placing an order and stops before its commit: only its own callers are refused, the rest of the batch is placed.
    /// </summary>
    [Fact]
    public async Task A_locked_key_fails_only_its_own_callers()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite locks its whole file.");
        await using var installation = await Mode.PostgreSql.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        await using (await DatabaseHold.Begin(installation, $"""
            BEGIN; INSERT INTO idempotency_keys (id, merchant, idempotency_key, request_hash, order_id, answer_status, answer, created_at)
            VALUES ('{IdempotencyRecord.IdOf("m", "held")}', 'm', 'held', '', gen_random_uuid(), 202, '', now())
            """))
        {
            for (var round = 0; round < 2; round++)
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, 50)
                    .Select(async i => (Held: i is 10 or 30, Answer: await shop.Merchant.Place(i is 10 or 30 ? "held" : $"free-{round}-{i}"))));
                foreach (var (held, answer) in answers)
                    (held ? answer.ShouldBeProblem(503, "database-unavailable") : answer.ShouldBe(202)).ShouldNotBeNull();
            }
        }

        await PlacedOnce(shop, "held");
    }

    [Fact]
    public async Task A_database_file_locked_elsewhere_is_not_ready()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        await using (await DatabaseHold.Begin(installation, "BEGIN IMMEDIATE"))
            await StaysNotReady(shop);
        await Eventually.Holds("ready", async () => (await shop.Merchant.Get("/health/ready")).Status == 200, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_read_only_server_is_unavailable_until_writable()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "Read-only sessions are PostgreSQL's.");
        await using var installation = await Mode.PostgreSql.Fresh("orders");
        await using var shop = await Shop.Open(installation);
        var name = new NpgsqlConnectionStringBuilder(installation.Connection("orders")).Database;
        await Server($"ALTER DATABASE {name} SET default_transaction_read_only = on",
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        await StaysNotReady(shop);
        (await shop.Merchant.Place("first")).ShouldBeProblem(503, "database-unavailable").Header("Retry-After").ShouldNotBeNull();

        await Server($"ALTER DATABASE {name} RESET default_transaction_read_only");
        await Eventually.Holds("ready", async () => (await shop.Merchant.Get("/health/ready")).Status == 200, TimeSpan.FromSeconds(10));
        await PlacedOnce(shop, "first");
    }

    /// <summary>Through several probes: the first one may only have met a session that was ended.</summary>
    static async Task StaysNotReady(Shop shop)
    {
        await Eventually.Holds("not ready", async () => (await shop.Merchant.Get("/health/ready")).Status == 503);
        var watch = Stopwatch.StartNew();
        await Eventually.Holds("not ready for two seconds", async () =>
        {
            (await shop.Merchant.Get("/health/ready")).ShouldBe(503);
            return watch.Elapsed > TimeSpan.FromSeconds(2);
        });
    }

    static async Task PlacedOnce(Shop shop, string key)
    {
        await Eventually.Holds("it is placed", async () => (await shop.Merchant.Place(key)).Status == 202);
        var again = (await shop.Merchant.Place(key)).ShouldBe(202);
        again.Header("Idempotency-Replayed").ShouldBe("true");
        (await shop.OrdersOf(key)).ShouldBe(1);
    }

    static async Task Server(params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create($"{Mode.Postgres};Database=postgres;SSL Mode=Disable;Pooling=false");
        foreach (var sql in statements)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    sealed class Shop(ApiHost host, Caller merchant, Caller catalogue) : IAsyncDisposable
    {
        public Caller Merchant => merchant;
        public Caller Catalogue => catalogue;

        public static async Task<Shop> Open(Installation installation)
        {
            var merchant = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders);
            var catalogue = ApiKeys.Create(installation.Directory, "c", "c", Roles.Catalogue);
            var host = await ApiHost.Start(
                installation, withBus: false, "--Serilog:MinimumLevel:Default=Fatal", "--Database:ProbeIntervalMilliseconds=100");
            var shop = new Shop(host, new Caller(host, "m", merchant), new Caller(host, "c", catalogue));
            await shop.Catalogue.Price("tea-001", 1250);
            return shop;
        }

        public Task<int> OrdersOf(string key) => host.Read(db => db.Orders.CountAsync(order => order.IdempotencyKey == key));

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
