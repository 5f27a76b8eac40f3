using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;
using Shouldly;
using SqlServerCheck;
using Testing;
using Xunit;

namespace Migrations.Tests;

/// <summary>The migrations of each engine create what the models define. SQL Server's are checked without a server.</summary>
public sealed class SchemaTests
{
    /// <summary>Every statement of the dialect uses some of these columns.</summary>
    const string Parameters = "@endpoint @rows @lease @seconds @limit @id @counted @parked @error";

    public static TheoryData<DatabaseMode, string> Contexts() =>
        [.. Enum.GetValues<DatabaseMode>().SelectMany(mode => Schema.Databases.Select(name => (mode, name)))];

    public static TheoryData<string> Databases() => [.. Schema.Databases];

    [Theory, MemberData(nameof(Contexts))]
    public void The_model_has_no_pending_migration(DatabaseMode mode, string database)
    {
        using var db = Schema.Context(mode, database, Connection(mode));
        db.Database.HasPendingModelChanges().ShouldBeFalse($"make a migration for {database} on {mode}: CONTRIBUTING.md says how");
    }

    [Theory, MemberData(nameof(Databases))]
    public void PostgreSQL_keeps_its_handwritten_settings(string database)
    {
        using var db = Schema.Context(DatabaseMode.PostgreSql, database, Connection(DatabaseMode.PostgreSql));
        var script = db.GetService<IMigrator>().GenerateScript();
        foreach (var setting in new[] { "outbox ALTER COLUMN body SET STORAGE EXTERNAL", "inbox SET (autovacuum_vacuum_scale_factor = 0.05)" })
            script.ShouldContain($"ALTER TABLE {setting}",
                customMessage: $"copy the statement into the PostgreSQL migration of {database}: CONTRIBUTING.md says how");
    }

    [Theory, MemberData(nameof(Databases))]
    public void SQL_Server_script_parses_and_resolves_all_columns(string database)
    {
        using var db = Schema.Context(DatabaseMode.SqlServer, database, Connection(DatabaseMode.SqlServer));
        var script = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        SqlServerScript.SyntaxErrors(script).ShouldBeEmpty();
        SqlServerScript.Errors(script, Statements(db)).ShouldBeEmpty();
    }

    [Fact]
    public void A_statement_with_an_unknown_column_is_detected()
    {
        using var db = Schema.Context(DatabaseMode.SqlServer, "orders", Connection(DatabaseMode.SqlServer));
        var script = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        SqlServerScript.Errors(script, new Dictionary<string, (string, string)> { ["planted"] = ("@id", "SELECT stat FROM orders WHERE id = @id") })
            .ShouldNotBeEmpty();
        SqlServerScript.SyntaxErrors(script.Replace("CREATE TABLE", "CREATE TABEL", StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Migrating_an_empty_database_twice_changes_nothing_more(Mode mode)
    {
        await using var installation = await mode.Fresh([.. Schema.Databases]);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(installation.Settings()).Build();
        var applied = await Schema.Apply(settings);
        applied.Select(line => line.Split(':')[0]).Distinct().ShouldBe(Schema.Databases);
        (await Schema.Apply(settings)).ShouldBeEmpty();
        foreach (var database in Schema.Databases)
        {
            await using var db = Schema.Context(settings.GetDatabaseMode(), database, settings.GetDatabaseConnection(database));
            (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
            (await db.Outbox.CountAsync() + await db.Audit.CountAsync() + await db.FailedMessages.CountAsync()).ShouldBe(0);
        }
    }

    /// <summary>All statements of the dialect, and the row locks on every table with a single-column key.</summary>
    static Dictionary<string, (string Parameters, string Sql)> Statements(ServiceDb db)
    {
        var dialect = Dialect.For(DatabaseMode.SqlServer);
        var statements = typeof(Dialect).GetProperties().Where(property => property.PropertyType == typeof(string))
            .ToDictionary(property => property.Name, property => (Parameters, (string)property.GetValue(dialect)!));
        if (db.Model.FindEntityType(typeof(Lease)) is null)
            statements.Remove(nameof(Dialect.ClaimLeases));
        foreach (var type in db.Model.GetEntityTypes().Where(type => type.FindPrimaryKey()!.Properties.Count == 1))
        {
            var key = type.FindPrimaryKey()!.Properties[0];
            var sql = SqlServerDialect.LockRows(type.GetTableName()!, key.GetColumnName(), key.ClrType == typeof(Guid));
            statements["lock " + type.GetTableName()] = (Parameters, sql);
        }

        return statements;
    }

    static string Connection(DatabaseMode mode) => mode switch
    {
        DatabaseMode.Sqlite => "Data Source=nowhere",
        DatabaseMode.PostgreSql => "Host=nowhere",
        _ => "Server=nowhere",
    };
}
