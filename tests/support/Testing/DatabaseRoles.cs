using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Shouldly;

namespace Testing;

/// <summary>
/// The databases and roles that deploy/roles.postgresql.sql makes, for one installation. Dispose this after the installation: a role that
/// owns something cannot be removed.
/// </summary>
public sealed class DatabaseRoles : IAsyncDisposable
{
    static readonly string[] Databases = ["orders", "inventory", "payments", "sandbox", "reconciler"];

    readonly Installation installation;
    readonly string password = RandomNumberGenerator.GetHexString(32);

    DatabaseRoles(Installation installation) => this.installation = installation;

    public static async Task<DatabaseRoles> Create(Installation installation)
    {
        var roles = new DatabaseRoles(installation);
        await roles.RunScript();
        return roles;
    }

    /// <param name="database">orders, inventory, ...</param>
    /// <param name="role">owner, orders_service, ...</param>
    public string Connection(string database, string role) => new NpgsqlConnectionStringBuilder(installation.Connection(database))
    {
        Username = installation.Prefix + role, Password = password,
    }.ConnectionString;

    /// <summary>The settings with which a role reaches every database, as far as it may.</summary>
    public IReadOnlyList<(string Name, string Value)> Connections(string role) =>
        [.. Databases.Select(database => ("ConnectionStrings:" + database, Connection(database, role)))];

    public async ValueTask DisposeAsync()
    {
        await using var source = NpgsqlDataSource.Create($"{Mode.Postgres};Database=postgres;SSL Mode=Disable;Pooling=false");
        await using var roles = source.CreateCommand("SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE starts_with(rolname, $1)");
        roles.Parameters.Add(new NpgsqlParameter { Value = installation.Prefix });
        await using var drop = source.CreateCommand($"DROP ROLE {await roles.ExecuteScalarAsync()}");
        await drop.ExecuteNonQueryAsync();
    }

    async Task RunScript()
    {
        var server = new NpgsqlConnectionStringBuilder(Mode.Postgres);
        var start = new ProcessStartInfo("psql", [
            "-qX", "-v", "ON_ERROR_STOP=1", "-v", "prefix=" + installation.Prefix, "-f", BrokerUsers.InRepository("deploy/roles.postgresql.sql")])
        {
            RedirectStandardError = true, UseShellExecute = false,
        };
        (string Name, string? Value)[] variables =
        [
            ("PGHOST", server.Host), ("PGPORT", server.Port.ToString(CultureInfo.InvariantCulture)), ("PGUSER", server.Username),
            ("PGPASSWORD", server.Password), ("PGDATABASE", "postgres"),
            .. Databases.Append("owner").Select(name => (name.ToUpperInvariant() + "_PASSWORD", (string?)password)),
        ];
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var psql = Process.Start(start)!;
        var complaint = await psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        psql.ExitCode.ShouldBe(0, complaint);
    }
}
