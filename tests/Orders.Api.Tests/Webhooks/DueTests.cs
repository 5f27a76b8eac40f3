using Orders.Api.Webhooks;
using OrderSaga.Platform.Database;

namespace Orders.Api.Tests.Webhooks;

public sealed class DueTests
{
    [Theory]
    [InlineData(DatabaseMode.Sqlite, "Data Source=nowhere")]
    [InlineData(DatabaseMode.PostgreSql, "Host=nowhere")]
    [InlineData(DatabaseMode.SqlServer, "Server=nowhere")]
    public void The_look_for_what_is_due_is_one_statement_on_every_engine(DatabaseMode mode, string connection)
    {
        var options = new DbContextOptionsBuilder<OrdersDb>();
        options.Use(mode, connection);
        using var db = new OrdersDb(options.Options);
        var sql = DueDeliveries.Due(db, DateTime.UnixEpoch, DateTime.UnixEpoch).ToQueryString();
        sql.ShouldContain("next_attempt_at");
        sql.ShouldContain("NOT EXISTS");
    }
}
