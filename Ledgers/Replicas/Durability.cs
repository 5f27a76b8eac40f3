using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>Whether commits of a PostgreSQL database survive the loss of its server.</summary>
/// <param name="Database">Its name.</param>
/// <param name="Replicas">Number of connected replicas.</param>
/// <param name="Standbys"><c>synchronous_standby_names</c>.</param>
/// <param name="Commit"><c>synchronous_commit</c>.</param>
public sealed record Durability(string Database, long Replicas, string Standbys, string Commit)
{
    public const string Statement =
        "SELECT (SELECT count(*) FROM pg_stat_replication), current_setting('synchronous_standby_names'), current_setting('synchronous_commit')";

    /// <summary>Null if commits are safe.</summary>
    public string? Warning => (Commit, Replicas, Standbys) switch
    {
        ("off", _, _) => $"{Database} commits with synchronous_commit=off: a crash of its server loses the last acknowledged orders.",
        (_, 0, _) => null,
        (_, _, "") => $"{Database} has {Replicas} replicas, but commits wait for none (synchronous_standby_names is empty): {Lost}",
        ("local", _, _) => $"{Database} has {Replicas} replicas, but commits wait for none (synchronous_commit=local): {Lost}",
        _ => null,
    };

    const string Lost = "a failover loses the last acknowledged orders. See docs/guarantees.md.";

    /// <summary>Returns null if the engine does not report it.</summary>
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
