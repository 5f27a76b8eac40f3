using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OrderSaga.Platform.Database;

namespace Platform.Tests;

/// <summary>
/// A database that cannot be written for a while: messages wait, and are neither dead-lettered nor retried without a delay.
/// </summary>
public sealed class DatabaseWaitTests
{
    /// <summary>A lock on one counter: the bumps of all others continue; its own follow once it is released.</summary>
    [Fact]
    public async Task A_locked_row_delays_only_its_own_messages()
    {
        await using var installation = await PostgreSql();
        await using var host = await PackHost.Start(installation, "Limits:BatchSize=16");
        await Add(host, "locked");
        await using var locker = await Locker.Open(installation, "SELECT 1 FROM counters WHERE name = 'locked' FOR UPDATE");

        for (var i = 0; i < 40; i++)
        {
            await host.Bump(i % 10 == 0 ? "locked" : $"free-{i}", 1);
            if (i % 10 != 0)
                await host.Counts($"free-{i}", 1);
        }

        (await host.Counter("locked")).ShouldBe(0);
        await locker.DisposeAsync();
        await host.Counts("locked", 4);
        await host.Counts("echo-locked", 4);
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }

    /// <summary>One lock among the messages of an envelope: the batch is split, and only the locked message waits.</summary>
    [Fact]
    public async Task Locked_rows_in_a_full_batch_wait_alone()
    {
        await using var installation = await PostgreSql();
        await using var host = await PackHost.Start(installation);
        await Add(host, "locked");
        await using var locker = await Locker.Open(installation, "SELECT 1 FROM counters WHERE name = 'locked' FOR UPDATE");
        await host.Unit.Run(async work =>
        {
            for (var i = 0; i < 64; i++)
                await work.Send("bumps", new Bump(i == 40 ? "locked" : $"free-{i}"));
        });

        await Eventually.Becomes("others are handled", () => host.Db(db => db.Counters.CountAsync(row => row.Name.StartsWith("free-"))), count => count == 63);
        (await host.Counter("locked")).ShouldBe(0);
        await locker.DisposeAsync();
        await host.Counts("locked", 1);
    }

    /// <summary>The row of a saga is locked: its messages wait in order, and other messages are handled.</summary>
    [Fact]
    public async Task Messages_of_a_locked_saga_wait_in_order()
    {
        await using var installation = await PostgreSql();
        await using var host = await PackHost.Start(installation);
        var (locked, free) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.Unit.Run(work => work.Send("tallies", new Tally(locked, 4)));
        await Tallied(host, locked, 1);
        await using var locker = await Locker.Open(installation, $"SELECT 1 FROM tallies WHERE id = '{locked}' FOR UPDATE");
        for (var i = 0; i < 3; i++)
        {
            await host.Unit.Run(work => work.Send("tallies", new Tally(locked, 4)));
            await host.Unit.Run(work => work.Send("tallies", new Tally(free, 3)));
            await Tallied(host, free, i + 1);
        }

        await Tallied(host, locked, 1);
        await locker.DisposeAsync();
        await host.Counts("echo-" + locked, 1);
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }

    [Theory]
    [InlineData("statement_timeout = '300ms'", "Database:LockTimeoutMilliseconds=4000")]
    [InlineData("statement_timeout = 0", "Database:LockTimeoutMilliseconds=100")]
    public async Task A_locked_table_makes_messages_wait(string serverSays, string setting)
    {
        await using var installation = await PostgreSql();
        await (await PackHost.Make(installation)).DisposeAsync();
        await Server($"ALTER DATABASE {Name(installation)} SET {serverSays}", EndSessions(installation));
        await using var host = await PackHost.Start(installation, setting);
        await using (await Locker.Open(installation, "LOCK TABLE counters IN ACCESS EXCLUSIVE MODE"))
        {
            using var locked = new Metric("ordersaga.deliveries.locked", "bumps");
            await host.Bump("a", 20);
            await Eventually.Becomes("messages wait", () => Task.FromResult(locked.Sum), sum => sum == 20);
        }

        await host.Counts("a", 20);
        await host.Counts("echo-a", 20);
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }

    /// <summary>As after a failover, or with a guard against a full disk: sessions opened then stay read-only.</summary>
    [Fact]
    public async Task A_read_only_database_makes_messages_wait()
    {
        await using var installation = await PostgreSql();
        await using var host = await PackHost.Start(installation);
        await host.Bump("a", 1);
        await host.Counts("echo-a", 1);
        using var http = new HttpClient { BaseAddress = new Uri(host.App.Urls.Single()) };
        await SetReadOnly(installation, on: true);
        await Eventually.Holds("the service reports that it is unavailable", async () => await Ready(http) == "unavailable");
        for (var i = 0; i < 20; i++)
            await host.SendRaw("bumps", RawMessage.Of("Bump", new { name = "a" }, Guid.CreateVersion7()));
        await Eventually.Holds("deliveries wait", () => host.Complaints.Count(line => line.Contains("is unavailable", StringComparison.Ordinal)) > 3);
        host.Complaints.Count(line => line.Contains("returns to its queue", StringComparison.Ordinal)).ShouldBe(0);

        await SetReadOnly(installation, on: false);
        var watch = Stopwatch.StartNew();
        await host.Counts("echo-a", 21);
        await Eventually.Holds("the service reports that it is ready", async () => await Ready(http) == "ready");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }

    /// <summary>A poison message while the database is read-only: it is stored once the database is writable, exactly once.</summary>
    [Fact]
    public async Task A_poison_message_is_stored_once_despite_read_only()
    {
        await using var installation = await PostgreSql();
        await using var host = await PackHost.Start(installation);
        await SetReadOnly(installation, on: true);
        await host.SendRaw("bumps", new RawMessage("{ bad", Guid.CreateVersion7()));
        await Eventually.Holds("the message waits", () => host.Complaints.Any(line => line.Contains("is unavailable", StringComparison.Ordinal)));
        host.Complaints.ShouldNotContain(line => line.Contains("stored as", StringComparison.Ordinal));
        await SetReadOnly(installation, on: false);
        await Eventually.Becomes("the message is stored", () => host.Db(db => db.FailedMessages.CountAsync()), count => count == 1);
    }

    /// <summary>The server ends the session of a process that disappeared with an open transaction.</summary>
    [Fact]
    public async Task An_idle_transaction_is_ended()
    {
        await using var installation = await PostgreSql();
        await using var host = await PackHost.Start(installation, "Database:IdleTransactionTimeoutSeconds=1");
        await Add(host, "a");
        var vanished = host.Unit.Run(async work =>
        {
            await work.Lock<CounterRow, string>(["a"]);
            await host.Unit.Run(async other => (await other.Lock<CounterRow, string>(["a"])).Single().Value++);
        });
        DatabaseErrors.Classify(await Should.ThrowAsync<Exception>(vanished)).ShouldBe(FailureKind.Unavailable);
        (await host.Counter("a")).ShouldBe(1);
    }

    static Task<object> Add(PackHost host, string name) => host.Unit.Run(work => Task.FromResult<object>(work.Db.Add(new CounterRow { Name = name })));

    static Task<int> Tallied(PackHost host, Guid saga, int wanted) => Eventually.Becomes($"{saga} has counted {wanted}",
        () => host.Db(db => db.Tallies.Where(row => row.CorrelationId == saga).Select(row => row.Count).SingleOrDefaultAsync()), count => count == wanted);

    static async Task<string> Ready(HttpClient http)
    {
        using var answer = await http.GetAsync("/health/ready");
        var status = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!;
        answer.StatusCode.ShouldBe(status == "unavailable" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
        return status;
    }

    static async Task<Installation> PostgreSql()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "Row locks and read-only sessions are looked at on PostgreSQL.");
        return await Mode.Servers.Fresh("pack");
    }

    static string Name(Installation installation) => new NpgsqlConnectionStringBuilder(installation.Connection("pack")).Database!;

    /// <summary>Also ends all sessions, so that new ones have the setting; sessions stay open when it ends.</summary>
    static async Task SetReadOnly(Installation installation, bool on)
    {
        var name = Name(installation);
        if (on)
            await Server($"ALTER DATABASE {name} SET default_transaction_read_only = on", EndSessions(installation));
        else
            await Server($"ALTER DATABASE {name} RESET default_transaction_read_only");
    }

    static string EndSessions(Installation installation) =>
        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name(installation)}'";

    static async Task Server(params string[] statements)
    {
        await using var source = NpgsqlDataSource.Create($"{Mode.Postgres};Database=postgres;SSL Mode=Disable;Pooling=false");
        foreach (var sql in statements)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Another program's transaction, open until disposed.</summary>
    sealed class Locker(NpgsqlConnection connection) : IAsyncDisposable
    {
        public static async Task<Locker> Open(Installation installation, string statement)
        {
            var connection = new NpgsqlConnection(installation.Connection("pack") + ";Pooling=false;Options=-c statement_timeout=0");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("BEGIN; " + statement, connection);
            await command.ExecuteNonQueryAsync();
            return new Locker(connection);
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
