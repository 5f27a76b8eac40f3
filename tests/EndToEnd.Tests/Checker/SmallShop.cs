using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;
using OrderSaga.Ledgers;
using OrderSaga.Verifier;

namespace EndToEnd.Tests;

/// <summary>The ledgers of a shop with one completed and one declined order; each test corrupts its own copy.</summary>
public sealed class SmallShop : IAsyncLifetime
{
    readonly string directory = Directory.CreateTempSubdirectory("ordersaga-ledgers-").FullName;

    public string Sku { get; private set; } = "";
    public Guid Done { get; private set; }
    public Guid Off { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await using var system = await Running.Start(Mode.Embedded);
        using var shop = new Shop(system, system.ApiKey);
        Sku = await shop.NewSku(5);
        // The inventory has two seals.
        await system.Checker.IsSealed();
        Done = (await shop.PlaceAndEnd(Sku, 1, "tok_ok")).Id;
        Off = (await shop.PlaceAndEnd(Sku, 1, "tok_declined")).Id;
        await system.Checker.AtRest();
        await system.Checker.IsSealed();
        foreach (var name in Migrations.Schema.Databases)
            await Execute(system.Connection(name), $"VACUUM INTO '{FileOf(directory, name)}'");
    }

    /// <summary>A copy of the ledgers after the statements, each prefixed with its database: <c>orders: DELETE ...</c></summary>
    public async Task<string> Corrupt(params string[] statements)
    {
        var copy = Directory.CreateTempSubdirectory("ordersaga-corrupted-").FullName;
        foreach (var name in Migrations.Schema.Databases)
            File.Copy(FileOf(directory, name), FileOf(copy, name));
        foreach (var statement in statements)
        {
            var (name, sql) = (statement.Split(": ")[0], Named(statement[(statement.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
            var rows = await Execute($"Data Source={FileOf(copy, name)}", "PRAGMA ignore_check_constraints = ON; " + sql);
            rows.ShouldBePositive($"rows changed by: {sql}");
        }

        return copy;
    }

    /// <summary>SQLite stores ids in upper case (@); texts have them in lower case ($).</summary>
    string Named(string sql) => sql
        .Replace("@done", $"'{Dialect.Text(Done)}'", StringComparison.Ordinal).Replace("$done", $"'{Done}'", StringComparison.Ordinal)
        .Replace("@off", $"'{Dialect.Text(Off)}'", StringComparison.Ordinal).Replace("$off", $"'{Off}'", StringComparison.Ordinal)
        .Replace("@sku", $"'{Sku}'", StringComparison.Ordinal);

    /// <summary>The response that the caller of the completed order received.</summary>
    internal async Task<ClientAnswer> Answer()
    {
        await using var database = new SqliteConnection($"Data Source={FileOf(directory, "orders")};Pooling=False");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = $"SELECT idempotency_key, answer FROM idempotency_keys WHERE order_id = '{Dialect.Text(Done)}'";
        await using var row = await command.ExecuteReaderAsync();
        (await row.ReadAsync()).ShouldBeTrue();
        return new ClientAnswer(Done, "demo", row.GetString(0), 202, null, Convert.ToHexStringLower(SHA256.HashData(row.GetFieldValue<byte[]>(1))));
    }

    /// <summary>The findings of the command, as "I5 subject what".</summary>
    internal static async Task<IReadOnlyList<string>> Verify(string books, IEnumerable<ClientAnswer>? answers = null, VerifyOptions? options = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data", books)]).Build();
        var sources = VerifySources.Of(configuration, GatewayLedger.Of);
        var result = await new Verification(sources, options ?? new VerifyOptions(AtRest: true), (_, _) => { }, TimeProvider.System)
        {
            Answers = answers?.ToAsyncEnumerable(),
        }.Run(CancellationToken.None);
        return [.. result.Violations.Select(violation => violation.ToString())];
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(directory, true);
        return ValueTask.CompletedTask;
    }

    public static async Task<int> Execute(string connection, string sql)
    {
        await using var database = new SqliteConnection(connection + ";Pooling=False");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    static string FileOf(string directory, string name) => Path.Combine(directory, name + ".db");
}
