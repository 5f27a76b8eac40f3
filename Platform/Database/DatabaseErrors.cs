using System.Collections.Frozen;
using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace OrderSaga.Platform.Database;

/// <summary>Kind of a database failure; it decides how the transaction is retried.</summary>
public enum FailureKind
{
    /// <summary>It would fail again: a bug, or a message that cannot be handled.</summary>
    Permanent,

    /// <summary>Another transaction committed first: retry at once in a fresh scope.</summary>
    Conflict,

    /// <summary>Another transaction holds a needed lock for too long: retry later; other work need not wait.</summary>
    Locked,

    /// <summary>The database cannot be reached or written: retry after a delay.</summary>
    Unavailable,
}

/// <summary>The only place that knows the engines' error codes.</summary>
public static class DatabaseErrors
{
    /// <summary>Examines the exception and all its inner exceptions.</summary>
    public static FailureKind Classify(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (ClassifyOne(cause) is var kind and not FailureKind.Permanent)
                return kind;
        }

        return FailureKind.Permanent;
    }

    /// <summary>Locked or unavailable: temporary, and not caused by the operation. Retry the operation after a delay.</summary>
    public static bool IsTransient(Exception failure) => Classify(failure) is FailureKind.Locked or FailureKind.Unavailable;

    /// <summary>
    /// The server accepts no writes. After a failover, or when its disk has space again, only new connections may accept them.
    /// </summary>
    public static bool IsReadOnly(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => true,
        SqlException { Number: 3906 or 3908 or 978 or 983 } => true,
        _ => failure.InnerException is { } cause && IsReadOnly(cause),
    };

    static FailureKind ClassifyOne(Exception failure) => failure switch
    {
        DbUpdateConcurrencyException => FailureKind.Conflict,
        DatabaseBusyException => FailureKind.Locked,
        PostgresException postgres => ClassifyPostgreSql(postgres.SqlState, postgres.MessageText),
        SqliteException sqlite => ClassifySqlite(sqlite.SqliteErrorCode, sqlite.SqliteExtendedErrorCode),
        SqlException sqlServer => ClassifySqlServer(sqlServer.Number, sqlServer.Class),
        NpgsqlException => FailureKind.Unavailable,
        DbException { IsTransient: true } => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    /// <summary>
    /// https://www.postgresql.org/docs/current/errcodes-appendix.html. A missing schema, permission or password affects every message: all
    /// wait until the migration has run or the administrator has granted it.
    /// </summary>
    internal static FailureKind ClassifyPostgreSql(string state, string message) => state switch
    {
        PostgresErrorCodes.UniqueViolation => FailureKind.Conflict,
        // A prepared statement whose table has changed: the driver has dropped it, and the next run prepares it again.
        PostgresErrorCodes.FeatureNotSupported when message.Contains("cached plan must not change", StringComparison.Ordinal) => FailureKind.Conflict,
        "40000" or PostgresErrorCodes.SerializationFailure or "40003" or PostgresErrorCodes.DeadlockDetected => FailureKind.Locked,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled => FailureKind.Locked,
        PostgresErrorCodes.ReadOnlySqlTransaction or "25P03" or "25P04" or PostgresErrorCodes.ObjectInUse or "0B000" => FailureKind.Unavailable,
        // A pooler gave a session's prepared statements to another session.
        PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement => FailureKind.Unavailable,
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InsufficientPrivilege => FailureKind.Unavailable,
        // Connections, authorization, catalog and schema names, resources, operator intervention, system errors.
        _ when state is ['0', '8', ..] or ['2', '8', ..] or ['3', 'D', ..] or ['3', 'F', ..] or ['5', '3', ..] or ['5', '7', ..] or ['5', '8', ..]
            => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    /// <summary>
    /// https://www.sqlite.org/rescode.html. 5 BUSY: another program holds the file, which has one writer. 517 BUSY_SNAPSHOT and 6 LOCKED
    /// need a new transaction, 17 SCHEMA a new statement; 2067 and 1555 are unique and primary keys. 7 NOMEM, 8 READONLY, 9 INTERRUPT, 10
    /// IOERR, 11 CORRUPT, 13 FULL, 14 CANTOPEN, 15 PROTOCOL, 22 NOLFS, 23 AUTH and 26 NOTADB concern the file and its disk.
    /// </summary>
    internal static FailureKind ClassifySqlite(int code, int extended) => (code, extended) switch
    {
        (_, 517 or 2067 or 1555) or (6 or 17, _) => FailureKind.Conflict,
        (5, _) => FailureKind.Locked,
        (7 or 8 or 9 or 10 or 11 or 13 or 14 or 15 or 22 or 23 or 26, _) => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    /// <summary>https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors</summary>
    public static FailureKind ClassifySqlServer(int number, byte severity) => number switch
    {
        2627 or 2601 => FailureKind.Conflict,
        // Statement and lock timeouts, deadlock, snapshot conflicts.
        -2 or 1222 or 1205 or 3960 or 3961 => FailureKind.Locked,
        _ when SqlServerUnavailable.Contains(number) || severity >= 20 => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    static readonly FrozenSet<int> SqlServerUnavailable = new[]
    {
        // The connection and the network.
        -1, 2, 20, 26, 40, 53, 64, 121, 233, 258, 596, 10053, 10054, 10060, 10061, 11001,
        17142, 17148, 17194, 17197, 17829, 17830, 18401, 18451, 18456, 18461,
        // Schema and permissions: as for PostgreSQL.
        207, 208, 229, 230, 2812, 916,
        // Database missing, recovering, restoring, suspect, offline, single user, in transition; availability groups and mirrors.
        904, 911, 921, 922, 923, 924, 925, 926, 927, 942, 945, 946, 950, 951, 952, 954, 955, 960, 968,
        976, 978, 979, 981, 982, 983, 988, 4060, 4221, 35217, 41305,
        // Read-only, full, or its log is not available.
        1101, 1105, 3906, 3908, 5144, 5145, 5149, 9001, 9002, 40544,
        // Memory, locks, workers, I/O, shutdown.
        701, 802, 823, 825, 832, 845, 1204, 1421, 6001, 6002, 6004, 6005, 8628, 8645, 8651, 10922,
        // Azure: failover, throttling, resource limits, firewall.
        10928, 10929, 10930, 10936, 20041, 40020, 40143, 40166, 40197, 40501, 40532, 40540, 40549, 40550, 40551, 40552, 40553, 40613, 40615, 40642, 40648,
        40671, 42019, 45168, 45169, 49918, 49919, 49920,
    }.ToFrozenSet();
}

/// <summary>The work has waited too long, for the database or behind other work: retry it later.</summary>
public sealed class DatabaseBusyException(string message) : DbException(message);
