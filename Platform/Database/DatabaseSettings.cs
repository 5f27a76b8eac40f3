using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform.Database;

/// <summary>How long callers and messages wait for a database. Section <c>Database</c>; checked at start.</summary>
public sealed class DatabaseSettings
{
    /// <summary>How long a statement waits for a row or a table that another transaction has locked (PostgreSQL, SQL Server).</summary>
    public int LockTimeoutMilliseconds { get; set; } = 500;

    /// <summary>After which PostgreSQL ends an idle transaction of ours: the locks of a vanished process are free then.</summary>
    public int IdleTransactionSeconds { get; set; } = 10;

    /// <summary>Silence on a connection after which either side checks that the other still exists (PostgreSQL).</summary>
    public int KeepAliveSeconds { get; set; } = 15;

    /// <summary>How long an HTTP caller's write waits for its database before it is answered 503 with <c>Retry-After</c>.</summary>
    public int RequestTimeoutSeconds { get; set; } = 5;

    /// <summary>Between two writes by which <c>/health/ready</c> checks that the database takes writes, at least.</summary>
    public int ProbeIntervalMilliseconds { get; set; } = 2000;

    public TimeSpan RequestTimeout => TimeSpan.FromSeconds(RequestTimeoutSeconds);

    /// <summary>SQLite's one writer: how long it waits for another program that holds the file. The queue in front of it has the rest of the time.</summary>
    public TimeSpan FileTimeout => RequestTimeout * 0.4;

    /// <summary>One statement of a caller's write, seconds; less than the whole, for it is cancelled before the answer.</summary>
    internal int RequestStatementSeconds => Math.Max(1, RequestTimeoutSeconds - 1);

    public static DatabaseSettings Of(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Database").Get<DatabaseSettings>() ?? new DatabaseSettings();
        settings.Check();
        return settings;
    }

    void Check()
    {
        Require(LockTimeoutMilliseconds is >= 10 and <= 60_000, "Database:LockTimeoutMilliseconds must be 10 to 60000");
        Require(IdleTransactionSeconds is >= 1 and <= 3600, "Database:IdleTransactionSeconds must be 1 to 3600");
        Require(KeepAliveSeconds is >= 1 and <= 3600, "Database:KeepAliveSeconds must be 1 to 3600");
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
