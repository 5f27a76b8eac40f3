using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Migrations;

/// <summary>Migrates databases to this version's schema; existing data stays.</summary>
public static class Schema
{
    /// <summary>The databases that have a schema.</summary>
    public static IReadOnlyList<string> Databases { get; } = ["orders", "inventory", "payments", "sandbox", "reconciler"];

    /// <summary>Applies missing migrations to every configured database; creates databases that do not exist.</summary>
    /// <returns>The applied migrations, as <c>database: migration</c>.</returns>
    public static async Task<IReadOnlyList<string>> Apply(IConfiguration settings)
    {
        // The files of SQLite are independent. A server creates its databases from one template.
        var isSqlite = settings.GetDatabaseMode() == DatabaseMode.Sqlite;
        var applied = new ConcurrentDictionary<string, IEnumerable<string>>();
        await Parallel.ForEachAsync(Databases.Where(database => IsConfigured(settings, database)),
            new ParallelOptions { MaxDegreeOfParallelism = isSqlite ? Databases.Count : 1 },
            async (database, _) => applied[database] = await Apply(settings, database));
        List<string> migrations = [.. Databases.SelectMany(database => applied.GetValueOrDefault(database, []))];

        // A new file has the modes that the process's umask leaves.
        if (isSqlite && migrations.Count > 0)
            PrivateFiles.RestrictDatabases(settings.GetDataDirectory());
        return migrations;
    }

    /// <summary>Production has a real gateway: with connection strings the sandbox's database is optional.</summary>
    static bool IsConfigured(IConfiguration settings, string database) =>
        database != "sandbox" || settings.GetDatabaseMode() == DatabaseMode.Sqlite || settings.GetConnectionString(database) is not null;

    static async Task<IEnumerable<string>> Apply(IConfiguration settings, string database)
    {
        var (mode, connection) = (settings.GetDatabaseMode(), settings.GetDatabaseConnection(database));
        if (mode == DatabaseMode.Sqlite && await IsCurrent(database, connection))
            return [];
        return await SchemaLocks.Run(settings, database, async locks =>
        {
            await using var db = Context(Options(mode, SchemaLocks.ForEngine(mode, connection), locks), mode, database);
            var migrations = await Apply(db, database);
            await Grant(db, mode);
            return migrations;
        });
    }

    /// <summary>The context with a database's migrations for an engine.</summary>
    public static ServiceDb Context(DatabaseMode mode, string database, string connection) => Context(Options(mode, connection), mode, database);

    static ServiceDb Context(DbContextOptions options, DatabaseMode mode, string database) =>
        (mode, database) switch
        {
            (DatabaseMode.Sqlite, "orders") => new SqliteOrders(options),
            (DatabaseMode.Sqlite, "inventory") => new SqliteInventory(options),
            (DatabaseMode.Sqlite, "payments") => new SqlitePayments(options),
            (DatabaseMode.Sqlite, "sandbox") => new SqliteSandbox(options),
            (DatabaseMode.Sqlite, "reconciler") => new SqliteReconciler(options),
            (DatabaseMode.PostgreSql, "orders") => new PostgreSqlOrders(options),
            (DatabaseMode.PostgreSql, "inventory") => new PostgreSqlInventory(options),
            (DatabaseMode.PostgreSql, "payments") => new PostgreSqlPayments(options),
            (DatabaseMode.PostgreSql, "sandbox") => new PostgreSqlSandbox(options),
            (DatabaseMode.PostgreSql, "reconciler") => new PostgreSqlReconciler(options),
            (DatabaseMode.SqlServer, "orders") => new SqlServerOrders(options),
            (DatabaseMode.SqlServer, "inventory") => new SqlServerInventory(options),
            (DatabaseMode.SqlServer, "payments") => new SqlServerPayments(options),
            (DatabaseMode.SqlServer, "sandbox") => new SqlServerSandbox(options),
            (DatabaseMode.SqlServer, "reconciler") => new SqlServerReconciler(options),
            _ => throw new ArgumentOutOfRangeException(nameof(database), database, "Databases: " + string.Join(", ", Databases)),
        };

    internal static DbContextOptions Options(DatabaseMode mode, string connection, params IInterceptor[] interceptors)
    {
        var options = new DbContextOptionsBuilder();
        options.Use(mode, connection);
        options.AddInterceptors(interceptors);
        return options.Options;
    }

    /// <summary>True if the file has all migrations. Read without EF Core, whose model would delay every start of the single process.</summary>
    static async Task<bool> IsCurrent(string database, string connection)
    {
        await using var file = new SqliteConnection(connection);
        await file.OpenAsync();
        await using var command = file.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'";
        if (await command.ExecuteScalarAsync() is not 1L)
            return false;
        command.CommandText = "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"";
        await using var rows = await command.ExecuteReaderAsync();
        var applied = new HashSet<string>();
        while (await rows.ReadAsync())
            applied.Add(rows.GetString(0));
        return applied.IsSupersetOf(Known($"{nameof(Migrations)}.{DatabaseMode.Sqlite}.{database}"));
    }

    static IEnumerable<string> Known(string folder) => typeof(Schema).Assembly.GetTypes()
        .Where(type => string.Equals(type.Namespace, folder, StringComparison.OrdinalIgnoreCase))
        .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>();

    static async Task<IEnumerable<string>> Apply(ServiceDb db, string database)
    {
        var pending = (await db.Database.GetPendingMigrationsAsync()).ToList();
        if (pending.Count == 0)
            return [];

        // EF's lock for SQLite is a row that a killed process leaves behind. A file has one owner, so no other process holds it.
        if (db.Database.IsSqlite())
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock");
        if (db.Database.IsSqlServer())
            await ReadVersions(db);
        await db.Database.MigrateAsync();
        return pending.Select(migration => $"{database}: {migration}");
    }

    /// <summary>Grants least privilege to the roles of deploy/roles.*.sql, where they exist. SQLite has files in place of roles.</summary>
    static async Task Grant(ServiceDb db, DatabaseMode mode)
    {
        if (Grants(mode) is { } grants)
            await db.Database.ExecuteSqlRawAsync(grants);
    }

    /// <summary>The statements of an engine that grant the rights on the tables; null if it has no roles.</summary>
    public static string? Grants(DatabaseMode mode)
    {
        using var script = typeof(Schema).Assembly.GetManifestResourceStream(mode.ToString());
        return script is null ? null : new StreamReader(script).ReadToEnd();
    }

    /// <summary>
    /// On SQL Server, lets readers use the last committed version of a row instead of waiting for writers, as on the other engines.
    /// Disconnects existing sessions once.
    /// </summary>
    static async Task ReadVersions(ServiceDb db)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync())
            await creator.CreateAsync();
        await db.Database.ExecuteSqlRawAsync(SnapshotReads);
    }

    public const string SnapshotReads = """
        IF (SELECT is_read_committed_snapshot_on FROM sys.databases WHERE database_id = DB_ID()) = 0
            ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE
        """;
}
