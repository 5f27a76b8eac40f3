using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Database;

/// <summary>The engine of all databases of the process. Setting: <c>Database:Mode</c>.</summary>
public enum DatabaseMode
{
    /// <summary>One file per owner under the directory <c>Data</c>; the embedded default.</summary>
    Sqlite,

    /// <summary>Connection strings from <c>ConnectionStrings:NAME</c>.</summary>
    PostgreSql,

    /// <summary>Connection strings from <c>ConnectionStrings:NAME</c>.</summary>
    SqlServer,
}

public static class DatabaseSetup
{
    /// <summary>Adds the database <paramref name="name"/> and nothing else; its connection string is <c>ConnectionStrings:NAME</c>.</summary>
    public static void AddDatabase<TDb>(this WebApplicationBuilder builder, string name) where TDb : DbContext
    {
        var mode = builder.Configuration.GetDatabaseMode();
        var connection = builder.Configuration.GetDatabaseConnection(name);
        var settings = DatabaseSettings.From(builder.Configuration);
        // One clock: the first database's, if a process has several.
        var tellsTime = builder.Services.All(service => service.ServiceType != typeof(IDatabase));
        builder.Services.AddDbContextPool<TDb>((services, options) =>
        {
            options.Use(mode, connection, settings);
            if (tellsTime)
                options.AddInterceptors(services.GetRequiredService<DatabaseClock>().InterceptorsFor(Dialect.For(mode)));
        });
        builder.Services.TryAddSingleton(settings);
        builder.Services.AddSingleton(new Database<TDb>(name, Dialect.For(mode, settings), connection));
        builder.Services.AddSingleton<IDatabase>(services => services.GetRequiredService<Database<TDb>>());
        if (tellsTime)
            builder.Services.AddHostedService<DatabaseClockStartup<TDb>>();
        builder.Services.AddSingleton<QueryRunner<TDb>>();
        builder.Services.AddSingleton<Leases<TDb>>();
        builder.Services.AddSingleton<DatabaseHealth<TDb>>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth<TDb>>("database " + name);
    }

    public static DatabaseMode GetDatabaseMode(this IConfiguration configuration) =>
        configuration.GetEnum("Database:Mode", DatabaseMode.Sqlite);

    /// <summary>The data directory of the embedded mode: setting <c>Data</c>, default <c>./data</c>.</summary>
    public static string GetDataDirectory(this IConfiguration configuration) => Path.GetFullPath(configuration["Data"] ?? "data");

    public static string GetDatabaseConnection(this IConfiguration configuration, string name)
    {
        var given = configuration.GetConnectionString(name);
        if (configuration.GetDatabaseMode() != DatabaseMode.Sqlite)
            return given ?? throw new InvalidOperationException(
                $"Set ConnectionStrings:{name} (environment: ConnectionStrings__{name}); Database:Mode needs it unless it is Sqlite.");

        if (given is not null)
            return given;

        return $"Data Source={Path.Combine(PrivateFiles.CreateDirectory(configuration.GetDataDirectory()), name + ".db")};Pooling=True";
    }

    /// <param name="options">Options of the contexts.</param>
    /// <param name="mode">The database engine.</param>
    /// <param name="connection">The connection string.</param>
    /// <param name="settings">Timeouts of transactions; null: the engine's own, for example for migrations.</param>
    public static void Use(this DbContextOptionsBuilder options, DatabaseMode mode, string connection, DatabaseSettings? settings = null)
    {
        // Rows or the file are locked anyway: savepoints inside the batch's transaction would cost two statements for nothing (see
        // ServiceDb).
        _ = mode switch
        {
            DatabaseMode.Sqlite => options.UseSqlite(Sqlite(connection, settings)).AddInterceptors(SqlitePragmas.Instance),
            DatabaseMode.PostgreSql => options.UseNpgsql(PostgreSqlSession.ForService(connection, settings)).AddInterceptors(ForUpdate.Instance),
            DatabaseMode.SqlServer => options.UseSqlServer(connection),
            _ => throw new InvalidOperationException($"Database:Mode {mode} is unknown: use Sqlite, PostgreSql or SqlServer."),
        };
        // The caller of a statement classifies and logs its failure; conflicts are not errors. A test compares models and migrations, so
        // that the start need not.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.CommandExecuting, RelationalEventId.PendingModelChangesWarning)
            .Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug),
                (CoreEventId.OptimisticConcurrencyException, LogLevel.Debug), (RelationalEventId.ConnectionError, LogLevel.Debug)));
    }

    /// <summary>SQLite and the driver both wait for a file held by another program; both get the same timeout.</summary>
    static string Sqlite(string connection, DatabaseSettings? settings) => new SqliteConnectionStringBuilder(connection)
    {
        DefaultTimeout = settings is null ? 30 : (int)Math.Ceiling(settings.FileTimeout.TotalSeconds),
    }.ConnectionString;

    /// <summary>Sets a WAL of bounded size and full durability on each opened connection.</summary>
    sealed class SqlitePragmas : DbConnectionInterceptor
    {
        public static readonly SqlitePragmas Instance = new();

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Set(connection);
            return Task.CompletedTask;
        }

        static void Set(DbConnection connection)
        {
            var sqlite = (SqliteConnection)connection;
            using var command = sqlite.CreateCommand();
            command.CommandText = $"PRAGMA busy_timeout={sqlite.DefaultTimeout * 1000}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                + $"PRAGMA foreign_keys=ON; PRAGMA journal_size_limit={SqliteDialect.MaxLogBytes};";
            command.ExecuteNonQuery();
        }
    }
}

/// <summary>A database of this process, independent of its model.</summary>
public interface IDatabase
{
    /// <summary><c>orders</c>, <c>inventory</c>, ...</summary>
    string Name { get; }

    Dialect Dialect { get; }
    string ConnectionString { get; }
}

public sealed record Database<TDb>(string Name, Dialect Dialect, string ConnectionString) : IDatabase where TDb : DbContext
{
    /// <summary>SQLite has one writer; queueing for it here is cheaper than polling the file lock.</summary>
    public SemaphoreSlim Writer { get; } = new(Dialect.HasSingleWriter ? 1 : int.MaxValue);

    /// <summary>A retry after a lock occupies a connection that may wait for a lock again: few at a time.</summary>
    internal SemaphoreSlim LockRetrySlots { get; } = new(2);
}
