using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using Repository;
using Shouldly;
using SqlServerCheck;
using Xunit;

namespace Migrations.Tests;

/// <summary>
/// The scripts of the database roles are in step with the tables. SQL Server's are parsed here; PostgreSQL's run in DatabaseRightsTests.
/// </summary>
public sealed partial class RoleTests
{
    const string SqlServerRoles = "deploy/roles.sqlserver.sql";
    const string PostgreSqlRoles = "deploy/roles.postgresql.sql";

    public static TheoryData<DatabaseMode> Engines => [DatabaseMode.PostgreSql, DatabaseMode.SqlServer];

    /// <summary>What the scripts build as text is parsed too, with names in place of what they fill in.</summary>
    [Fact]
    public void SQL_Server_scripts_parse()
    {
        var roles = Repo.Read(SqlServerRoles);
        var built = Texts().Matches(roles).Select(match => match.Groups["sql"].Value.Replace("''", "'", StringComparison.Ordinal)
            .Replace("<database>", "orders", StringComparison.Ordinal).Replace("<login>", "service", StringComparison.Ordinal)).ToList();
        built.Count.ShouldBe(2);
        foreach (var sql in built.Append(roles).Append(Schema.Grants(DatabaseMode.SqlServer)!))
            SqlServerScript.SyntaxErrors(sql).ShouldBeEmpty(sql);
        SqlServerScript.SyntaxErrors(built[0].Replace("ADD MEMBER", "ADD MEMBRE", StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(PostgreSqlRoles, "'NAME_service', 'NAME', :'NAME'")]
    [InlineData(SqlServerRoles, "(N'ordersaga_NAME_service', N'ordersaga_NAME', N'$(")]
    public void A_script_makes_a_role_for_every_database(string file, string form)
    {
        foreach (var database in Schema.Databases)
            Repo.Read(file).ShouldContain(form.Replace("NAME", database, StringComparison.Ordinal));
    }

    /// <summary>Otherwise a renamed table or column would be open.</summary>
    [Theory, MemberData(nameof(Engines))]
    public void What_the_grants_except_is_in_the_tables(DatabaseMode mode)
    {
        var grants = Schema.Grants(mode)!;
        foreach (var database in Schema.Databases)
        {
            using var db = Schema.Context(mode, database, mode == DatabaseMode.SqlServer ? "Server=nowhere" : "Host=nowhere");
            var columns = db.Model.GetEntityTypes()
                .SelectMany(type => type.GetProperties().Select(column => $"{type.GetTableName()}.{column.GetColumnName()}")).ToList();
            columns.ShouldContain("audit.cause");
            columns.ShouldContain("outbox.body");
            if (database == "orders")
                columns.ShouldContain("webhook_endpoints.secret");
            if (database == "payments")
                columns.ShouldContain("payment_branches.token");
        }

        foreach (var excepted in new[] { "'audit%'", "'%secret%'", "'body'", "'token'" })
            grants.ShouldContain(excepted);
    }

    [Fact]
    public void SQLite_has_files_in_place_of_roles() => Schema.Grants(DatabaseMode.Sqlite).ShouldBeNull();

    /// <summary>A text of several lines.</summary>
    [GeneratedRegex(@"N'(?<sql>\n(?:[^']|'')*)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Texts();
}
