using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orders.Api.Webhooks;
using OrderSaga.Platform.Database;

namespace Orders.Api.Tests.Webhooks;

public sealed class DueTests
{
    [Theory]
    [InlineData(DatabaseMode.Sqlite, "Data Source=nowhere")]
    [InlineData(DatabaseMode.PostgreSql, "Host=nowhere")]
    [InlineData(DatabaseMode.SqlServer, "Server=nowhere")]
    public void Due_deliveries_are_one_statement_on_every_engine(DatabaseMode mode, string connection)
    {
        var options = new DbContextOptionsBuilder<OrdersDb>();
        options.Use(mode, connection);
        using var db = new OrdersDb(options.Options);
        var sql = DueDeliveries.Due(db, DateTime.UnixEpoch, DateTime.UnixEpoch).ToQueryString();
        sql.ShouldContain("next_attempt_at");
        sql.ShouldContain("NOT EXISTS");
    }

    [Fact]
    public async Task A_locked_delivery_delays_no_other()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite locks its whole file.");
        await using var shop = await HookShop.Open(Mode.PostgreSql, "--Webhooks:SendIntervalMilliseconds=3600000");
        await shop.Register();
        for (var i = 0; i < 3; i++)
            await shop.Merchant.Placed();
        var rows = await Eventually.Becomes("three are due", shop.Rows, rows => rows.Count == 3);
        var due = shop.Host.Services.GetRequiredService<DueDeliveries>();
        await using (var session = new NpgsqlConnection(shop.Installation.Connection("orders") + ";Pooling=false"))
        {
            await session.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await session.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand($"SELECT 1 FROM webhook_deliveries WHERE id = '{rows[0].Id}' FOR UPDATE", session, transaction);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            (await due.Claim([])).Select(claimed => claimed.Delivery.Id).ShouldBe([rows[1].Id, rows[2].Id], ignoreOrder: true);
            (await due.Claim([])).ShouldBeEmpty();
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        }

        (await due.Claim([])).Select(claimed => claimed.Delivery.Id).ShouldBe([rows[0].Id]);
    }
}
