using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace OrderSaga.Platform.Batches;

/// <summary>What a failure of a transaction means for the next step.</summary>
public enum FailureKind
{
    /// <summary>It would fail again: a bug, or a message that cannot be handled.</summary>
    Permanent,

    /// <summary>Somebody else was there first: run again at once in a fresh scope.</summary>
    Conflict,

    /// <summary>The database is away: run again when it is back.</summary>
    Unavailable,
}

/// <summary>The one place that knows the providers' error codes.</summary>
public static class Conflicts
{
    /// <summary>Looks through the whole chain of causes.</summary>
    public static FailureKind Classify(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (Kind(cause) is var kind and not FailureKind.Permanent)
                return kind;
        }

        return FailureKind.Permanent;
    }

    static FailureKind Kind(Exception failure) => failure switch
    {
        DbUpdateConcurrencyException => FailureKind.Conflict,
        PostgresException postgres => OfPostgres(postgres.SqlState),
        SqliteException sqlite => OfSqlite(sqlite.SqliteErrorCode, sqlite.SqliteExtendedErrorCode),
        SqlException sqlServer => OfSqlServer(sqlServer.Number),
        NpgsqlException => FailureKind.Unavailable,
        DbException { IsTransient: true } => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    /// <summary>https://www.postgresql.org/docs/current/errcodes-appendix.html</summary>
    static FailureKind OfPostgres(string state) => state switch
    {
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.LockNotAvailable => FailureKind.Conflict,
        // A kept statement whose table has got another column: the driver has dropped it, and the next run prepares it anew.
        PostgresErrorCodes.FeatureNotSupported => FailureKind.Conflict,
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => FailureKind.Unavailable,
        _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    /// <summary>https://www.sqlite.org/rescode.html: 5 BUSY, 6 LOCKED, 10 IOERR, 13 FULL, 14 CANTOPEN, 2067 and 1555 unique and primary key.</summary>
    static FailureKind OfSqlite(int code, int extended) => (code, extended) switch
    {
        (5 or 6, _) or (_, 2067 or 1555) => FailureKind.Conflict,
        (10 or 13 or 14, _) => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };

    /// <summary>https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors</summary>
    static FailureKind OfSqlServer(int number) => number switch
    {
        2627 or 2601 or 1205 or 3960 or 1222 => FailureKind.Conflict,
        -2 or -1 or 2 or 20 or 53 or 64 or 233 or 1105 or 4060 or 9002 or 10053 or 10054 or 10060
            or 10928 or 40197 or 40501 or 40613 => FailureKind.Unavailable,
        _ => FailureKind.Permanent,
    };
}
