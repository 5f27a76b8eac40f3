using Npgsql;

namespace PlantedBugs;

/// <summary>A dependency is unavailable for a while. The services wait, and do nothing else.</summary>
static partial class Provocations
{
    /// <summary>Each database in turn is read-only while orders arrive; the one that answers callers is the last.</summary>
    public static async Task ReadOnly(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        foreach (var database in new[] { "inventory", "payments", "orders" })
        {
            await scene.Place([.. Enumerable.Range(0, 10).Select(_ => NewDraft(sku, "tok_ok"))]);
            await Alter(scene, database, "SET default_transaction_read_only = on");
            var load = scene.Place([.. Enumerable.Range(0, 10).Select(_ => NewDraft(sku, "tok_ok"))]);
            await AFewSeconds();
            await Alter(scene, database, "RESET default_transaction_read_only");
            await load;
        }
    }

    /// <summary>The customers' deadline is short, and the saga is unavailable for longer.</summary>
    public static async Task LongOutage(Scene scene)
    {
        var sku = await scene.Shop.NewSku(1000);
        await scene.System.Of("Orders.Sagas").Kill();
        await scene.Place([.. Enumerable.Range(0, 5).Select(_ => NewDraft(sku, "tok_ok"))]);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.Holds("the deadline and the margin have passed", () => watch.Elapsed.TotalSeconds > SecondsToPay + SecondsOfMargin,
            TimeSpan.FromMinutes(2));
        await scene.System.AllUp();
    }

    internal const int SecondsToPay = 10;

    /// <summary>The verifier's own connection.</summary>
    const int SecondsOfMargin = 32;

    static Task AFewSeconds()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        return Eventually.Holds("a few seconds have passed", () => watch.Elapsed > TimeSpan.FromSeconds(4));
    }

    /// <summary>For all sessions: open ones are ended.</summary>
    static async Task Alter(Scene scene, string database, string change)
    {
        var own = new NpgsqlConnectionStringBuilder(scene.System.Connection(database));
        var name = own.Database!;
        own.Database = "postgres";
        own.Pooling = false;
        await using var server = NpgsqlDataSource.Create(own);
        await using var command = server.CreateCommand(
            $"ALTER DATABASE {name} {change}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND usename = current_user");
        await command.ExecuteNonQueryAsync();
    }
}
