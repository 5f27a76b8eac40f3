using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>Whether what a PostgreSQL database has committed survives the loss of its server.</summary>
/// <param name="Database">Its name.</param>
/// <param name="Replicas">Servers that receive its changes now.</param>
/// <param name="Standbys"><c>synchronous_standby_names</c>.</param>
/// <param name="Commit"><c>synchronous_commit</c>.</param>
sealed record Durability(string Database, long Replicas, string Standbys, string Commit)
{
    internal const string Statement =
        "SELECT (SELECT count(*) FROM pg_stat_replication), current_setting('synchronous_standby_names'), current_setting('synchronous_commit')";

    /// <summary>Null when nothing is wrong.</summary>
    public string? Warning => (Commit, Replicas, Standbys) switch
    {
        ("off", _, _) => $"{Database} commits with synchronous_commit=off: a crash of its server loses the last orders that were acknowledged.",
        (_, 0, _) => null,
        (_, _, "") => $"{Database} has {Replicas} replicas and commits wait for none (synchronous_standby_names is empty): {Lost}",
        ("local", _, _) => $"{Database} has {Replicas} replicas and commits wait for none (synchronous_commit=local): {Lost}",
        _ => null,
    };

    const string Lost = "a failover loses the last orders that were acknowledged. See docs/guarantees.md.";

    /// <summary>None where the engine does not tell it.</summary>
    public static async Task<Durability?> Read(string name, ReadOnlyDatabase primary, CancellationToken cancel)
    {
        if (primary.Mode != DatabaseMode.PostgreSql)
            return null;
        await using var connection = await primary.Open(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = Statement;
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return new Durability(name, row.GetInt64(0), row.GetString(1), row.GetString(2));
    }
}
