using Npgsql;

namespace EndToEnd.Tests;

/// <summary>Another program locks a row: its order waits, and no other.</summary>
public sealed class DatabaseTests(Fleet fleet) : Scenario(fleet)
{
    [Fact]
    public async Task A_locked_order_delays_no_other_order()
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

    async Task<Shop> OnServers()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "Row locks are looked at on PostgreSQL.");
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
