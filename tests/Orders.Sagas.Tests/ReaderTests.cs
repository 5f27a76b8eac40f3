using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;

namespace Orders.Sagas.Tests;

/// <summary>A reader of another service's database cannot write to it.</summary>
public sealed class ReaderTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_read_only_connection_cannot_write(Mode mode)
    {
        await using var rig = await Rig.Start(mode, builder => builder.AddReadOnlyContext<OrdersDb>("orders"));
        var reader = rig.Services.GetRequiredService<ReadOnlyContext<OrdersDb>>();
        var order = await rig.Put(OrderStates.Reserving);

        (await reader.Query(db => db.Orders.Select(row => row.CorrelationId).SingleAsync())).ShouldBe(order.CorrelationId);
        await Should.ThrowAsync<DbUpdateException>(() => reader.Query(db =>
        {
            db.Add(Some.Order(OrderStates.Reserving, rig.Clock.Now));
            return db.SaveChangesAsync();
        }));
        var statement = await Should.ThrowAsync<System.Data.Common.DbException>(() => reader.Query(db => db.Orders.ExecuteDeleteAsync()));
        statement.Message.ShouldContain(mode.Database == "Sqlite" ? "readonly" : "read-only");
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(1);
    }
}
