using System.Text.Json.Nodes;
using Migrations;
using Npgsql;

namespace EndToEnd.Tests;

/// <summary>The roles of deploy/roles.postgresql.sql. The processes of this system run under them, in all tests that use it.</summary>
[Collection(nameof(RestrictedSystem))]
public sealed class DatabaseRightsTests(RestrictedSystem restricted)
{
    const string Reconciler = "reconciler_service";

    static readonly string[] NewObjects =
        ["CREATE TABLE planted (id int)", "CREATE SCHEMA planted", "CREATE TEMP TABLE planted (id int)", "CREATE ROLE planted"];

    public static TheoryData<string> Databases => [.. Schema.Databases];

    public static TheoryData<string> ReadDatabases => ["orders", "inventory", "payments"];

    [Fact]
    public async Task Orders_are_completed_and_reconciled_by_these_roles()
    {
        Skip();
        var system = restricted.Running;
        using var shop = new Shop(system, system.ApiKey);
        (await shop.PlaceAndEnd(await shop.NewSku(1), 1, "tok_ok")).Status.ShouldBe("Completed");
        await Reconcile(system);
        var (code, said, wrong) = await VerifyCommandTests.Run("Reconciler.Job", [
            "verify", "--no-gateway", "--Database:Mode=PostgreSql", .. Roles.Connections(Reconciler).Select(one => $"--{one.Name}={one.Value}")]);
        code.ShouldBeInRange(0, 1, said + wrong);

        system.Logs(500).ShouldNotContain("permission denied");
        (await Sessions()).ShouldBe(Schema.Databases.Select(database => Name(database + "_service")), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_service_may_change_rows_but_not_audit_or_tables(string database)
    {
        Skip();
        var role = database + "_service";
        var tables = await Rows(database, "owner", "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'");
        tables.ShouldContain("audit");
        foreach (var table in tables)
        {
            var name = $"\"{table}\"";
            var onlyGrows = table.StartsWith("audit", StringComparison.Ordinal) || table == "switch_versions";
            var allowed = onlyGrows ? "SELECT INSERT" : table.StartsWith("__EF", StringComparison.Ordinal) ? "SELECT"
                : "SELECT INSERT UPDATE DELETE";
            (await RightsOn(database, role, name)).ShouldBe(allowed, table);
            foreach (var statement in new[] { $"TRUNCATE {name}", $"ALTER TABLE {name} ADD planted int", $"DROP TABLE {name}" })
                await Refused(database, role, statement);
        }

        foreach (var statement in NewObjects.Concat(["UPDATE audit SET cause = cause", "DELETE FROM audit", "DELETE FROM audit WHERE id < 0"]))
            await Refused(database, role, statement);
    }

    [Theory, MemberData(nameof(ReadDatabases))]
    public async Task A_reader_sees_neither_secrets_nor_messages(string database)
    {
        Skip();
        var columns = await Rows(database, "owner",
            "SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1");
        foreach (var (table, column) in columns.Select(one => (one.Split(' ')[0], one.Split(' ')[1])))
        {
            var hidden = column.Contains("secret", StringComparison.Ordinal) || column is "body" or "token";
            var read = $"SELECT \"{column}\" FROM \"{table}\" LIMIT 1";
            if (hidden)
                await Refused(database, Reconciler, read);
            else
                await Rows(database, Reconciler, read);
        }

        foreach (var table in columns.Select(one => one.Split(' ')[0]).Distinct())
            (await RightsOn(database, Reconciler, $"\"{table}\"")).ShouldBe("", table);
        columns.ShouldContain("outbox body");
    }

    [Fact]
    public async Task A_role_reaches_no_database_of_another_service()
    {
        Skip();
        foreach (var of in Schema.Databases)
            foreach (var database in Schema.Databases.Where(database => database != of && (of != "reconciler" || database == "sandbox")))
                await Refused(database, of + "_service", "SELECT 1");
    }

    DatabaseRoles Roles => restricted.Running.DatabaseRoles!;

    static void Skip() => Assert.SkipUnless(RestrictedSystem.IsAvailable, "It needs the servers.");

    static async Task Reconcile(Running system)
    {
        using var http = new HttpClient { BaseAddress = system.Url("Reconciler.Job") };
        http.DefaultRequestHeaders.Add("X-Api-Key", system.ApiKey);
        string? path = null;
        await Eventually.Holds("no other run is in progress", async () =>
        {
            using var started = await http.PostAsJsonAsync("reconciliation/runs", new { });
            path = started.Headers.Location?.OriginalString;
            return started.StatusCode == HttpStatusCode.Accepted;
        });
        await Eventually.Holds("the run is completed", async () => (string)(await http.GetFromJsonAsync<JsonNode>(path!))!["state"]! == "Completed");
    }

    string Name(string role) => Roles.Connection("orders", role).Split("Username=")[1].Split(';')[0];

    /// <summary>The users of all sessions on this system's databases, except the tests' own administrator.</summary>
    async Task<List<string>> Sessions()
    {
        await using var source = NpgsqlDataSource.Create(restricted.Running.Connection("orders") + ";Pooling=false");
        return await Read(source, "SELECT DISTINCT usename::text FROM pg_stat_activity WHERE usename <> current_user AND starts_with(datname, "
            + "split_part(current_database(), '_', 1) || '_') AND usename NOT LIKE '%owner'");
    }

    /// <summary>On whole tables: a right on some columns does not count.</summary>
    async Task<string> RightsOn(string database, string role, string table) => (await Rows(database, role,
        $"SELECT concat_ws(' ', {string.Join(", ", new[] { "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER" }
            .Select(right => $"CASE WHEN has_table_privilege('{table}', '{right}') THEN '{right}' END"))})")).Single();

    async Task Refused(string database, string role, string statement) =>
        (await Should.ThrowAsync<PostgresException>(() => Rows(database, role, statement), $"{role} in {database}: {statement}"))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, $"{role} in {database}: {statement}");

    async Task<List<string>> Rows(string database, string role, string statement)
    {
        await using var source = NpgsqlDataSource.Create(Roles.Connection(database, role) + ";Pooling=false");
        return await Read(source, statement);
    }

    static async Task<List<string>> Read(NpgsqlDataSource source, string statement)
    {
        await using var command = source.CreateCommand(statement);
        await using var row = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await row.ReadAsync())
            rows.Add(row.GetValue(0).ToString()!);
        return rows;
    }
}
