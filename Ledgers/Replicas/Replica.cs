using System.Data.Common;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>The lag of a replica behind its primary.</summary>
/// <param name="Database"><c>orders</c>, <c>inventory</c> or <c>payments</c>.</param>
/// <param name="Behind">Age of the oldest change missing on the replica; zero if none.</param>
/// <param name="Diverged">The replica has changes unknown to its primary: it copies another database, or one from before a
/// failover.</param>
public sealed record ReplicaLag(string Database, TimeSpan Behind, bool Diverged = false)
{
    public bool Over(TimeSpan bound) => Diverged || Behind > bound;

    public override string ToString() => Diverged
        ? $"the replica of {Database} has changes that its primary does not have"
        : $"the replica of {Database} is {Math.Ceiling(Behind.TotalSeconds)} s behind";
}

/// <summary>
/// A database with a replica. Every change has an audit row, so the replica's newest audit row, looked up on the primary, shows what the
/// replica lacks. That works for streaming replicas, for static copies and on every engine, without writes.
/// </summary>
public sealed class Replica(string name, ReadOnlyDatabase primary, ReadOnlyDatabase copy)
{
    public const string Newest = "SELECT id, at, subject_id FROM audit WHERE id = (SELECT MAX(id) FROM audit)";
    public const string Same = "SELECT id, at, subject_id FROM audit WHERE id = @after";
    public const string Next = "SELECT id, at, subject_id FROM audit WHERE id = (SELECT MIN(id) FROM audit WHERE id > @after)";

    /// <summary>Reads the replica first: its primary has everything that it has.</summary>
    public async Task<ReplicaLag> Measure(DateTime now, CancellationToken cancel)
    {
        var copied = await Read(copy, Newest, 0, cancel);
        var missing = await Read(primary, Next, copied?.Id ?? 0, cancel);
        var diverged = copied is not null && await Read(primary, Same, copied.Id, cancel) != copied;
        var behind = missing is null || missing.At > now ? TimeSpan.Zero : now - missing.At;
        return new ReplicaLag(name, behind, diverged);
    }

    static async Task<Change?> Read(ReadOnlyDatabase database, string statement, long after, CancellationToken cancel)
    {
        await using var connection = await database.Open(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.Add("after", after);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        return await rows.ReadAsync(cancel) ? Change.Of(rows) : null;
    }

    sealed record Change(long Id, DateTime At, string Subject)
    {
        public static Change Of(DbDataReader row) => new(row.GetInt64(0), row.GetUtc(1), row.GetString(2));
    }
}

/// <summary>The databases with a replica: those with <c>ConnectionStrings:NAME-reader</c>.</summary>
public sealed class Replicas(IReadOnlyList<Replica> all, TimeSpan bound, TimeProvider clock)
{
    /// <summary>The services' databases.</summary>
    public static IReadOnlyList<string> Databases { get; } = ["orders", "inventory", "payments"];

    public static Replicas Of(IConfiguration configuration, TimeSpan bound, TimeProvider clock) => new(
        [.. from name in Databases
            where configuration.HasReplica(name)
            select new Replica(name, configuration.GetPrimaryDatabase(name), configuration.GetReadOnlyDatabase(name))],
        bound, clock);

    /// <summary>Maximum lag.</summary>
    public TimeSpan Bound => bound;

    public async Task<IReadOnlyList<ReplicaLag>> Measure(CancellationToken cancel)
    {
        var lags = new List<ReplicaLag>();
        foreach (var replica in all)
            lags.Add(await replica.Measure(clock.GetUtcNow().UtcDateTime, cancel));
        return lags;
    }

    /// <summary>Why a run must not judge the replicas now; null if it may.</summary>
    public async Task<string?> StaleReason(CancellationToken cancel)
    {
        var stale = (await Measure(cancel)).Where(lag => lag.Over(bound)).ToList();
        return stale.Count == 0 ? null
            : $"Not judged: {string.Join("; ", stale)}. The maximum is {bound.TotalSeconds} s (Ledgers:MaxReplicaLagSeconds and the run's window).";
    }
}
