using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Database;

/// <summary>Timeouts of database access. Bound from the section <c>Database</c>; checked at start.</summary>
public sealed class DatabaseSettings
{
    /// <summary>How long a statement waits for a lock of another transaction (PostgreSQL, SQL Server).</summary>
    public int LockTimeoutMilliseconds { get; set; } = 500;

    /// <summary>After this idle time PostgreSQL ends a transaction: it frees the locks of a process that vanished.</summary>
    public int IdleTransactionTimeoutSeconds { get; set; } = 10;

    /// <summary>Idle time of a connection before either side sends a TCP keepalive (PostgreSQL).</summary>
    public int KeepAliveIntervalSeconds { get; set; } = 15;

    /// <summary>How long an HTTP caller's write waits for the database before the answer is 503.</summary>
    public int RequestTimeoutSeconds { get; set; } = 5;

    /// <summary>Interval between the test writes of /health/ready.</summary>
    public int ProbeIntervalMilliseconds { get; set; } = 2000;

    public TimeSpan RequestTimeout => TimeSpan.FromSeconds(RequestTimeoutSeconds);

    /// <summary>
    /// How long SQLite's one writer waits for another program that holds the file. The queue before it uses the rest of the timeout.
    /// </summary>
    public TimeSpan FileTimeout => RequestTimeout * 0.4;

    /// <summary>
    /// Timeout of one statement of a caller's write; shorter than the request's, so that it is cancelled before the answer.
    /// </summary>
    internal int RequestStatementSeconds => Math.Max(1, RequestTimeoutSeconds - 1);

    public static DatabaseSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Database").GetStrict<DatabaseSettings>("Mode");
        settings.Check();
        return settings;
    }

    void Check()
    {
        Require(LockTimeoutMilliseconds is >= 10 and <= 60_000, "Database:LockTimeoutMilliseconds must be 10 to 60000");
        Require(IdleTransactionTimeoutSeconds is >= 1 and <= 3600, "Database:IdleTransactionTimeoutSeconds must be 1 to 3600");
        Require(KeepAliveIntervalSeconds is >= 1 and <= 3600, "Database:KeepAliveIntervalSeconds must be 1 to 3600");
        Require(RequestTimeoutSeconds is >= 1 and <= 60, "Database:RequestTimeoutSeconds must be 1 to 60");
        Require(LockTimeoutMilliseconds < RequestTimeoutSeconds * 1000, "Database:LockTimeoutMilliseconds must be less than RequestTimeoutSeconds");
        Require(ProbeIntervalMilliseconds is >= 100 and <= 60_000, "Database:ProbeIntervalMilliseconds must be 100 to 60000");
    }

    static void Require(bool condition, string what)
    {
        if (!condition)
            throw new InvalidOperationException(what + ".");
    }
}
