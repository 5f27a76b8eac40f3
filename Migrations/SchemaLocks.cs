using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Npgsql;
using OrderSaga.Platform.Database;

namespace Migrations;

/// <summary>
/// A schema change waits only a bounded time for its lock: all later statements queue behind a waiting one, so a change that waits for a
/// long transaction would stop the service. It gives up the lock request, lets the others pass, and retries.
/// </summary>
sealed class SchemaLocks(string statement) : DbConnectionInterceptor
{
    const int LockTimeoutSeconds = 3;
    const int MaxAttempts = 40;
    static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Runs <paramref name="apply"/> until it gets its locks. Settings: <c>Migrations:LockTimeoutSeconds</c>,
    /// <c>Migrations:MaxAttempts</c>.
    /// </summary>
    public static async Task<T> Run<T>(IConfiguration settings, string database, Func<SchemaLocks, Task<T>> apply)
    {
        var seconds = settings.GetValue("Migrations:LockTimeoutSeconds", LockTimeoutSeconds);
        var attempts = settings.GetValue("Migrations:MaxAttempts", MaxAttempts);
        if (seconds is < 1 or > 600 || attempts is < 1 or > 10_000)
            throw new InvalidOperationException("Migrations:LockTimeoutSeconds must be 1 to 600 and Migrations:MaxAttempts 1 to 10000.");
        using var timer = new PeriodicTimer(Delay);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await apply(new SchemaLocks(StatementOf(settings.GetDatabaseMode(), seconds)));
            }
            catch (Exception locked) when (IsLockTimeout(locked))
            {
                if (attempt == attempts)
                    throw new InvalidOperationException(
                        $"The schema of {database} could not be changed: other sessions held locks on its tables through {attempts} attempts of {seconds} s. "
                        + "Nothing was changed by the last attempt. End the long transactions and run the migrations again.", locked);
                Console.WriteLine($"{database}: a table is locked by another session; retrying ({attempt} of {attempts})");
                await timer.WaitForNextTickAsync();
            }
        }
    }

    /// <summary>Separate connections: a pooled one would keep the timeout.</summary>
    public static string ForEngine(DatabaseMode mode, string connection) =>
        mode == DatabaseMode.PostgreSql ? connection + ";Application Name=ordersaga-migrations" : connection;

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (statement.Length == 0)
            return;
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static string StatementOf(DatabaseMode mode, int seconds) => mode switch
    {
        DatabaseMode.PostgreSql => $"SET lock_timeout = '{seconds}s'",
        DatabaseMode.SqlServer => $"SET LOCK_TIMEOUT {seconds * 1000}",
        _ => "",
    };

    /// <summary>EF wraps the exception in another one, as a transient failure.</summary>
    static bool IsLockTimeout(Exception? failure) => failure switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => true,
        SqlException { Number: 1222 } => true,
        _ => IsLockTimeout(failure.InnerException),
    };
}
