using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using SqlServerCheck;

namespace Platform.Tests;

/// <summary>The statements of the SQL Server dialect against the platform's tables, checked without a server.</summary>
public sealed class SqlServerStatementsTests
{
    static readonly Dialect Dialect = Dialect.For(DatabaseMode.SqlServer);
    static readonly Dictionary<string, (string Parameters, string Sql)> Statements = new()
    {
        ["ReadClock"] = ("", Dialect.ReadClock!),
        ["ShortenLockTimeout"] = ("", Dialect.ShortenLockTimeout!),
        ["Probe"] = ("", Dialect.Probe),
        ["InsertInbox"] = ("@endpoint @rows", Dialect.InsertInbox),
        ["InsertOutbox"] = ("@rows @lease @seconds", Dialect.InsertOutbox),
        ["DeleteOutbox"] = ("@rows", Dialect.DeleteOutbox),
        ["ClaimOutbox"] = ("@lease @seconds @limit", Dialect.ClaimOutbox),
        ["DelayOutbox"] = ("@rows @lease @seconds @counted @parked @error", Dialect.DelayOutbox),
        ["ClaimLeases"] = ("@rows @seconds", Dialect.ClaimLeases),
        ["DeleteOld"] = ("@from @before @limit", Dialect.DeleteOld("inbox", "received_at", "endpoint <> 'none'")),
        ["LockByText"] = ("@rows", SqlServerDialect.LockRows("counters", "name", keyIsGuid: false)),
        ["LockByGuid"] = ("@rows", SqlServerDialect.LockRows("tallies", "id", keyIsGuid: true)),
        ["LockPassingLocked"] = ("@rows", SqlServerDialect.LockRows("tallies", "id", keyIsGuid: true, skipLocked: true)),
    };

    [Fact]
    public void Every_statement_parses_and_resolves_its_columns() => SqlServerScript.Errors(Schema(), Statements).ShouldBeEmpty();

    [Fact]
    public void Every_statement_of_the_dialect_is_checked() =>
        typeof(Dialect).GetProperties().Where(property => property.PropertyType == typeof(string)).Select(property => property.Name)
            .ShouldBeSubsetOf(Statements.Keys);

    /// <summary>Otherwise two transactions that lock the same rows deadlock regularly.</summary>
    [Theory, InlineData("LockByText"), InlineData("LockByGuid"), InlineData("LockPassingLocked")]
    public void Rows_are_locked_in_the_order_of_their_keys(string name)
    {
        var (keys, rows) = Statements[name].Sql.Split("INNER LOOP JOIN") is [var one, var other] ? (one, other) : ("", "");
        keys.ShouldContain("SELECT DISTINCT TOP (2147483647)");
        keys.ShouldContain("ORDER BY wanted");
        rows.ShouldContain("ORDER BY t.");
    }

    /// <summary>SQL Server refuses READPAST alone in a database with snapshot reads.</summary>
    [Fact]
    public void Statements_that_skip_locked_rows_take_locks() => Statements.Values.Where(one => one.Sql.Contains("READPAST", StringComparison.Ordinal))
        .ShouldAllBe(one => one.Sql.Contains("READCOMMITTEDLOCK", StringComparison.Ordinal));

    [Theory]
    [InlineData("SELECT nothing FROM outbox")]
    [InlineData("SELECT id FROM nowhere")]
    [InlineData("MERGE leases AS l USING (SELECT id FROM outbox) AS r ON l.id = r.other WHEN MATCHED THEN DELETE;")]
    [InlineData("MERGE leases AS l USING (SELECT id FROM outbox) AS r ON l.nothing = r.id WHEN MATCHED THEN DELETE;")]
    [InlineData("INSERT INTO outbox (idd) VALUES (@id)")]
    [InlineData("SELECT o.nothing FROM outbox o JOIN inbox i ON i.message_id = o.id")]
    [InlineData("DELETE FROM outbox WHERE id = @missing")]
    [InlineData("SELEC id FROM outbox")]
    public void An_invalid_statement_is_detected(string sql) =>
        SqlServerScript.Errors(Schema(), new Dictionary<string, (string, string)> { ["planted"] = ("@id", sql) }).ShouldNotBeEmpty();

    static string Schema()
    {
        var options = new DbContextOptionsBuilder<PackDb>();
        options.Use(DatabaseMode.SqlServer, "Server=nowhere");
        using var db = new PackDb(options.Options);
        return db.Database.GenerateCreateScript();
    }
}
