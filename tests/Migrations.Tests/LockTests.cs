using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Npgsql;
using OrderSaga.Platform.Database;
using Shouldly;
using SqlServerCheck;
using Testing;
using Xunit;

namespace Migrations.Tests;

/// <summary>A migration does not block the services that keep running.</summary>
public sealed class LockTests
{
    const string Waiting =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    [Fact]
    public async Task A_waiting_migration_blocks_no_writes_and_completes()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite has one writer.");
        await using var installation = await Mode.PostgreSql.Fresh([.. Schema.Databases]);
        var settings = await Migrated(installation);
        await using var worker = new NpgsqlConnection(installation.Connection("orders"));
        await worker.OpenAsync();
        await using var other = new NpgsqlConnection(installation.Connection("orders") + ";Command Timeout=10");
        await other.OpenAsync();
        Task<int> change;
        await using (var held = await worker.BeginTransactionAsync())
        {
            await Run(worker, "UPDATE inbox SET endpoint = endpoint; UPDATE orders SET version = version");
            change = AddColumn(installation, settings);
            await Eventually.Holds("the change waits for a lock", async () => await Run(other, Waiting) > 0);
            await Run(other, "UPDATE inbox SET endpoint = endpoint; UPDATE orders SET version = version");
            change.IsCompleted.ShouldBeFalse();
        }

        await change;
        await Run(other, "UPDATE orders SET later = 1");
    }

    [Fact]
    public async Task A_migration_without_a_lock_ends_with_a_clear_message()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite has one writer.");
        await using var installation = await Mode.PostgreSql.Fresh([.. Schema.Databases]);
        var settings = await Migrated(installation, ("Migrations:MaxAttempts", "2"));
        await using var worker = new NpgsqlConnection(installation.Connection("orders"));
        await worker.OpenAsync();
        await using var held = await worker.BeginTransactionAsync();
        await Run(worker, "UPDATE inbox SET endpoint = endpoint; UPDATE orders SET version = version");
        (await Should.ThrowAsync<InvalidOperationException>(() => AddColumn(installation, settings))).Message
            .ShouldStartWith("The schema of orders could not be changed: other sessions held locks on its tables through 2 attempts of 1 s.");
    }

    [Fact]
    public void SQL_Server_uses_snapshot_reads() => SqlServerScript.SyntaxErrors(Schema.SnapshotReads).ShouldBeEmpty();

    static async Task<IConfiguration> Migrated(Installation installation, params (string Name, string Value)[] more)
    {
        var values = installation.Settings();
        values["Migrations:LockTimeoutSeconds"] = "1";
        foreach (var (name, value) in more)
            values[name] = value;
        var settings = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        await Schema.Apply(settings);
        return settings;
    }

    /// <summary>A later migration in short: it needs the lock of a table that others work on.</summary>
    static Task<int> AddColumn(Installation installation, IConfiguration settings) => SchemaLocks.Run(settings, "orders", async locks =>
    {
        var connection = SchemaLocks.ForEngine(DatabaseMode.PostgreSql, installation.Connection("orders"));
        await using var db = new PostgreSqlOrders(Schema.Options(DatabaseMode.PostgreSql, connection, locks));
        return await db.Database.ExecuteSqlRawAsync("ALTER TABLE orders ADD COLUMN later integer");
    });

    static async Task<long> Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}
