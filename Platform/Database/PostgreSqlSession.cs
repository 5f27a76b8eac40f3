using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Connections to PostgreSQL whose session settings are set right after they are opened, once for each physical connection. In the startup packet, where
/// the connection string's <c>Options</c> would put them, poolers such as PgBouncer refuse them.
/// </summary>
static partial class PostgreSqlSession
{
    /// <summary>
    /// All statements go by the keys of an index: a plan that was made while a table was small or not analyzed must not read the whole of it later. They are
    /// few and always the same, so each connection keeps them prepared with one plan, whatever their values.
    /// </summary>
    const string Plans = "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan";

    static readonly ConcurrentDictionary<string, NpgsqlDataSource> Sources = new();

    /// <summary>For a service's own transactions. What the connection string says itself stands.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="settings">How long they wait; null: as the server says, e.g. for migrations.</param>
    public static NpgsqlDataSource ForService(string connection, DatabaseSettings? settings)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connection };
        var tuned = new NpgsqlConnectionStringBuilder(connection);
        tuned.Options = $"{Plans} {(settings is null ? "" : Waits(settings))} {tuned.Options}";
        // A pooler in front of the server may want none.
        if (!given.ContainsKey("Max Auto Prepare"))
            tuned.MaxAutoPrepare = 100;
        // Nothing is set on a connection that its next user would have to reset; a reset would undo the session's settings.
        tuned.NoResetOnClose = true;
        if (settings is null)
            return Source(tuned.ConnectionString);
        if (!given.ContainsKey("Timeout"))
            tuned.Timeout = settings.RequestTimeoutSeconds;
        if (!given.ContainsKey("Cancellation Timeout"))
            tuned.CancellationTimeout = 1000;
        if (!given.ContainsKey("Tcp Keepalive"))
            (tuned.TcpKeepAlive, tuned.TcpKeepAliveTime, tuned.TcpKeepAliveInterval) = (true, settings.KeepAliveSeconds, Interval(settings));
        return Source(tuned.ConnectionString);
    }

    /// <summary>One pool for each connection string, for as long as the process runs.</summary>
    public static NpgsqlDataSource Source(string connection) => Sources.GetOrAdd(connection, Build);

    /// <summary>Locks end soon, and the server finds out by itself that a process has vanished without a word.</summary>
    static string Waits(DatabaseSettings settings) =>
        $"-c lock_timeout={settings.LockTimeoutMilliseconds} -c idle_in_transaction_session_timeout={settings.IdleTransactionSeconds * 1000} "
        + $"-c tcp_keepalives_idle={settings.KeepAliveSeconds} -c tcp_keepalives_interval={Interval(settings)} -c tcp_keepalives_count=3";

    static int Interval(DatabaseSettings settings) => Math.Max(1, settings.KeepAliveSeconds / 3);

    static NpgsqlDataSource Build(string connection)
    {
        var source = new NpgsqlDataSourceBuilder(connection);
        var options = source.ConnectionStringBuilder.Options ?? "";
        // What is none of our settings stays where it is.
        if (Setting().Replace(options, "").Trim().Length > 0 || Statement(options) is not { } statement)
            return source.Build();
        source.ConnectionStringBuilder.Options = null;
        source.UsePhysicalConnectionInitializer(opened => Run(opened, statement), opened => RunAsync(opened, statement));
        return source.Build();
    }

    static string? Statement(string options)
    {
        var calls = Setting().Matches(options).Select(match => $"set_config({Literal(match, "name")}, {Literal(match, "value")}, false)").ToList();
        return calls.Count == 0 ? null : "SELECT " + string.Join(", ", calls);
    }

    /// <summary>A backslash makes the next character part of the value.</summary>
    static string Literal(Match match, string group) =>
        $"'{Escaped().Replace(match.Groups[group].Value, "${character}").Replace("'", "''", StringComparison.Ordinal)}'";

    static void Run(NpgsqlConnection opened, string statement)
    {
        using var command = new NpgsqlCommand(statement, opened);
        command.ExecuteNonQuery();
    }

    static async Task RunAsync(NpgsqlConnection opened, string statement)
    {
        await using var command = new NpgsqlCommand(statement, opened);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"\\(?<character>.)", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Escaped();

    /// <summary><c>-c name=value</c> or <c>--name=value</c>; a space inside the value is <c>\ </c>.</summary>
    [GeneratedRegex(@"(-c\s*|--)(?<name>[\w.]+)=(?<value>(\\.|[^\\\s])*)", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Setting();
}
