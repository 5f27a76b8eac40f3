using Npgsql;

namespace EndToEnd.Tests;

/// <summary>A database is read-only for a moment, or another program holds a row of it: orders wait, and none is lost or given up.</summary>
public sealed class DatabaseTests(Fleet fleet) : Story(fleet)
{
    [Fact]
    public async Task One_locked_order_holds_up_no_other()
    {
        using var shop = await OnServers();
        var sku = await shop.NewSku(50);
        var held = await shop.Place(sku, 1, token: null);
        await using (var locker = new NpgsqlConnection(shop.System.Connection("orders") + ";Pooling=false"))
        {
            await Run(locker, $"BEGIN; SELECT 1 FROM orders WHERE id = '{held.Id}' FOR UPDATE");
            await shop.Pay(held.Payment.Url!);
            var others = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.Place(sku, 1, "tok_ok", wait: 0)));
            foreach (var other in others)
                (await shop.End(other.Id)).Status.ShouldBe("Completed");
            (await shop.Get(held.Id)).Status.ShouldBe("AwaitingPayment");
        }

        (await shop.End(held.Id)).Status.ShouldBe("Completed");
        await shop.System.Checker.IsClean([held.Id]);
    }

    [Theory]
    [InlineData("orders", "Orders.Api")]
    [InlineData("inventory", "Inventory.Worker")]
    [InlineData("payments", "Payments.Worker")]
    public async Task Read_only_for_a_moment_loses_nothing(string database, string service)
    {
        using var shop = await OnServers();
        var sku = await shop.NewSku(50);
        var name = new NpgsqlConnectionStringBuilder(shop.System.Connection(database)).Database;
        await using var server = new NpgsqlConnection($"{Mode.Postgres};Database=postgres;SSL Mode=Disable;Pooling=false");
        var load = new Load(shop, [.. Enumerable.Range(0, 20).Select(i => new Draft($"read-only-{i}-{sku}", sku, 1, "tok_ok"))]);
        await Run(server, $"ALTER DATABASE {name} SET default_transaction_read_only = on");
        await Run(server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        var placing = load.Run(callers: 4);
        try
        {
            await Eventually.Becomes($"{service} is not ready", shop.System.Of(service).Health, word => word == "unavailable");
        }
        finally
        {
            await Run(server, $"ALTER DATABASE {name} RESET default_transaction_read_only");
        }

        await Eventually.Becomes($"{service} is ready", shop.System.Of(service).Health, word => word != "unavailable", TimeSpan.FromSeconds(10));
        var placed = (await placing).Select(order => order.OrderId).ToList();
        foreach (var order in placed)
            (await shop.End(order)).Status.ShouldBe("Completed");
        placed.Count.ShouldBe(20);
        await shop.System.Checker.IsClean(placed);
    }

    async Task<Shop> OnServers()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "Row locks and read-only sessions are looked at on PostgreSQL.");
        return await On(Mode.Servers);
    }

    static async Task Run(NpgsqlConnection connection, string statement)
    {
        if (connection.State == System.Data.ConnectionState.Closed)
            await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
