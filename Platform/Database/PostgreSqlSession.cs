using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;

namespace OrderSaga.Platform.Database;

/// <summary>
/// PostgreSQL connections with session settings, set right after a physical connection is opened. Poolers such as PgBouncer refuse them in
/// the startup packet, where the connection string's <c>Options</c> would put them.
/// </summary>
static partial class PostgreSqlSession
{
    /// <summary>
    /// All statements use an index: a plan made while a table was small or not analyzed must not scan it later. The statements are few and
    /// fixed, so each connection keeps them prepared with one generic plan.
    /// </summary>
    const string Plans = "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan";

    static readonly ConcurrentDictionary<string, NpgsqlDataSource> Sources = new();

    /// <summary>For a service's own transactions. Values in the connection string take precedence.</summary>
    /// <param name="connection">The connection string.</param>
    /// <param name="settings">Timeouts; null: the server's own, for example for migrations.</param>
    public static NpgsqlDataSource ForService(string connection, DatabaseSettings? settings)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connection };
        var tuned = new NpgsqlConnectionStringBuilder(connection);
        tuned.Options = $"{Plans} {(settings is null ? "" : TimeoutOptions(settings))} {tuned.Options}";
        // A pooler in front of the server may not support them.
        if (!given.ContainsKey("Max Auto Prepare"))
            tuned.MaxAutoPrepare = 100;
        // Our sessions change nothing that the next user must reset; a reset would undo the session settings.
        tuned.NoResetOnClose = true;
        if (settings is null)
            return Source(tuned.ConnectionString);
        if (!given.ContainsKey("Timeout"))
            tuned.Timeout = settings.RequestTimeoutSeconds;
        if (!given.ContainsKey("Cancellation Timeout"))
            tuned.CancellationTimeout = 1000;
        if (!given.ContainsKey("Tcp Keepalive"))
            (tuned.TcpKeepAlive, tuned.TcpKeepAliveTime, tuned.TcpKeepAliveInterval) = (true, settings.KeepAliveIntervalSeconds, Interval(settings));
        return Source(tuned.ConnectionString);
    }

    /// <summary>One pool for each connection string, for as long as the process runs.</summary>
    public static NpgsqlDataSource Source(string connection) => Sources.GetOrAdd(connection, Build);

    /// <summary>Lock waits end soon, and the server notices by itself that a process has vanished.</summary>
    static string TimeoutOptions(DatabaseSettings settings) =>
        $"-c lock_timeout={settings.LockTimeoutMilliseconds} -c idle_in_transaction_session_timeout={settings.IdleTransactionTimeoutSeconds * 1000} "
        + $"-c tcp_keepalives_idle={settings.KeepAliveIntervalSeconds} -c tcp_keepalives_interval={Interval(settings)} -c tcp_keepalives_count=3";

    static int Interval(DatabaseSettings settings) => Math.Max(1, settings.KeepAliveIntervalSeconds / 3);

    static NpgsqlDataSource Build(string connection)
    {
        var source = new NpgsqlDataSourceBuilder(connection);
        var options = source.ConnectionStringBuilder.Options ?? "";
        // Other options stay in the startup packet.
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
