using System.Globalization;
using Npgsql;

namespace OrderSaga.Bench;

/// <summary>PostgreSQL's counters of some databases.</summary>
/// <param name="Transactions">Committed transactions.</param>
/// <param name="Statements">Executed statements; null without pg_stat_statements.</param>
sealed record DatabaseCounts(long Transactions, long? Statements);

/// <summary>Reads PostgreSQL's statistics through another database than the measured ones.</summary>
sealed class DatabaseMeter : IAsyncDisposable
{
    readonly NpgsqlDataSource source;
    readonly string[] databases;

    DatabaseMeter(NpgsqlDataSource source, string[] databases) => (this.source, this.databases) = (source, databases);

    readonly Dictionary<int, double> backends = [];

    /// <summary>
    /// CPU milliseconds of the backends that serve the measured databases, so far. One that has ended counts with what it had used at the last
    /// call.
    /// </summary>
    public double OfConnections(IEnumerable<ProcessTimes> server)
    {
        // The title of a backend names its database.
        foreach (var process in server.Where(process => Processes.Title(process.Id).Split(' ').Any(databases.Contains)))
            backends[process.Id] = process.Own;
        return backends.Values.Sum();
    }

    /// <summary>The server's main process, if on this machine. Looked up once, because the backend used to find it may end later.</summary>
    public int? Postmaster { get; private set; }

    /// <param name="connections">Connection strings of the measured databases.</param>
    public static async Task<DatabaseMeter> Open(IEnumerable<string> connections)
    {
        var measured = connections.Select(connection => new NpgsqlConnectionStringBuilder(connection)).ToList();
        var own = Environment.GetEnvironmentVariable("ORDERSAGA_BENCH_SUPERUSER")
            ?? new NpgsqlConnectionStringBuilder(measured[0].ConnectionString) { Database = "postgres" }.ConnectionString;
        var builder = new NpgsqlConnectionStringBuilder(own) { MaxPoolSize = 1, KeepAlive = 30 };
        var meter = new DatabaseMeter(NpgsqlDataSource.Create(builder), [.. measured.Select(one => one.Database!)]);
        var backend = Convert.ToInt32(await meter.Value("SELECT pg_backend_pid()"), CultureInfo.InvariantCulture);
        meter.Postmaster = Processes.Read(backend)?.Parent;
        return meter;
    }

    /// <summary>Backends report transactions at most once a second, so the last second may be missing.</summary>
    public async Task<DatabaseCounts> Read()
    {
        var transactions = await Value("SELECT coalesce(sum(xact_commit), 0) FROM pg_stat_database WHERE datname = ANY($1)", databases);
        return new DatabaseCounts(Convert.ToInt64(transactions, CultureInfo.InvariantCulture), await Statements());
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    async Task<long?> Statements()
    {
        try
        {
            var calls = await Value("""
                SELECT coalesce(sum(s.calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = ANY($1)
                """, databases);
            return Convert.ToInt64(calls, CultureInfo.InvariantCulture);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.ObjectNotInPrerequisiteState or PostgresErrorCodes.InsufficientPrivilege)
        {
            // The extension is missing or not permitted: the figure stays blank.
            return null;
        }
    }

    async Task<object?> Value(string sql, params string[][] parameters)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return await command.ExecuteScalarAsync();
    }
}
