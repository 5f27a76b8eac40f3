using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace OrderSaga.Payments.Tests;

/// <summary>
/// A forgotten session has locked rows of some orders: no other order waits for it, and the locked ones continue afterwards.
/// </summary>
public sealed class LockedRowTests
{
    [Theory]
    [InlineData("payment_branches", 1)]
    [InlineData("payment_branches", 7)]
    [InlineData("payment_attempts", 1)]
    public async Task Responses_of_other_orders_commit_past_locked_rows(string table, int held)
    {
        await using var bench = await PostgreSql();
        var orders = await Deliver(bench, 64);
        var results = await bench.Call(bench.Waiting());
        var locked = Spread(orders, held);
        await using (await Hold(bench, table, locked))
        {
            await bench.Get<GatewayCalls>().Commit(results);
            await Authorized(bench, [.. orders.Except(locked)]);
            foreach (var order in locked)
                (await bench.Branch(order)).State.ShouldBe(BranchState.Trying);
        }

        // The time that passes here also starts the second commit of their answers, beside the sweeper.
        await bench.Sweep();
        foreach (var order in locked)
            await Eventually.Holds("it is authorized", async () => (await bench.Branch(order)).State == BranchState.Tried);
        await Authorized(bench, locked);
    }

    [Fact]
    public async Task An_answer_that_met_a_lock_is_committed_without_asking_again()
    {
        await using var bench = await PostgreSql();
        var orders = await Deliver(bench, 8);
        var results = await bench.Call(bench.Waiting());
        await using (await Hold(bench, "payment_branches", orders[3]))
            await bench.Get<GatewayCalls>().Commit(results);

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.Holds("it is committed", async () => (await bench.Branch(orders[3])).State == BranchState.Tried);
        bench.Waiting().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("payment_branches", 1)]
    [InlineData("payment_branches", 10)]
    [InlineData("payment_branches", 15)]
    [InlineData("payment_attempts", 11)]
    public async Task The_sweeper_claims_pages_past_locked_rows(string table, int held)
    {
        await using var bench = await PostgreSql("--Payments:SweepPageSize=10");
        var orders = await Deliver(bench, 40);
        var (locked, others) = (orders[..held], orders[held..]);
        bench.Waiting().Count.ShouldBe(40, "they are lost, as by a crash");
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await using (await Hold(bench, table, [.. locked]))
        {
            (await Swept(bench)).ShouldBe(others, ignoreOrder: true);
            (await Swept(bench)).ShouldBeEmpty();
        }

        (await Swept(bench)).ShouldBe(locked, ignoreOrder: true);
    }

    [Theory, InlineData(1), InlineData(20), InlineData(25)]
    public async Task Status_queries_pass_locked_rows_within_their_budget(int held)
    {
        await using var bench = await PostgreSql("--Payments:MaxPollsPerSecond=20");
        var orders = Enumerable.Range(0, 60).Select(_ => Some.Order()).ToList();
        await bench.Deliver([.. orders.Select(order => Some.Hosted(order))]);
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await using (await Hold(bench, "payment_branches", [.. orders[..held]]))
        {
            var requested = await Swept(bench);
            requested.Count.ShouldBe(20);
            requested.ShouldBeSubsetOf(orders[held..]);
        }
    }

    /// <summary>A database trigger refuses the change of one attempt: not a lock, and permanent.</summary>
    [Fact]
    public async Task Status_queries_continue_while_calls_are_locked()
    {
        await using var bench = await PostgreSql();
        var hosted = Some.Order();
        await bench.Deliver(Some.Hosted(hosted));
        await bench.Drain();
        var card = (await Deliver(bench, 1))[0];
        bench.Waiting().Count.ShouldBe(1, "it is lost, as by a crash");
        var refuses = $"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON payment_attempts FOR EACH ROW WHEN (OLD.order_id = '{card}') EXECUTE FUNCTION refuse();
            """;
        await bench.Read(db => db.Database.ExecuteSqlRawAsync(refuses));
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        (await Swept(bench)).ShouldBe([hosted]);
    }

    static async Task<Bench> PostgreSql(params string[] settings)
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite has no row locks.");
        return await Bench.Start("PostgreSql", settings);
    }

    static async Task<List<Guid>> Deliver(Bench bench, int count)
    {
        var orders = Enumerable.Range(0, count).Select(_ => Some.Order()).ToList();
        foreach (var order in orders)
        {
            await bench.Deliver(Some.Try(order));
            bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        return orders;
    }

    static List<Guid> Spread(List<Guid> orders, int count) => [.. Enumerable.Range(0, count).Select(i => orders[(i * orders.Count / count) + 3])];

    static async Task Authorized(Bench bench, List<Guid> orders)
    {
        var received = await bench.TakeAnswers();
        foreach (var order in orders)
            received[order].ShouldBe(["PaymentAuthorized"]);
    }

    /// <summary>The orders that the sweeper hands over in one run.</summary>
    static async Task<List<Guid>> Swept(Bench bench)
    {
        await bench.Get<AttemptSweeper>().SweepAll(CancellationToken.None);
        return bench.Waiting().ConvertAll(handed => handed.Call.OrderId);
    }

    static async Task<Session> Hold(Bench bench, string table, params IReadOnlyList<Guid> orders)
    {
        var connection = new NpgsqlConnection(bench.Connection + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; SELECT 1 FROM {table} WHERE order_id = ANY(@orders) FOR UPDATE", connection);
        command.Parameters.AddWithValue("orders", orders.ToArray());
        await command.ExecuteNonQueryAsync();
        return new Session(connection);
    }

    sealed class Session(NpgsqlConnection connection) : IAsyncDisposable
    {
        /// <summary>The locks have ended when this returns; closing the connection alone would release them some time later.</summary>
        public async ValueTask DisposeAsync()
        {
            await using var command = new NpgsqlCommand("ROLLBACK", connection);
            await command.ExecuteNonQueryAsync();
            await connection.DisposeAsync();
        }
    }
}
