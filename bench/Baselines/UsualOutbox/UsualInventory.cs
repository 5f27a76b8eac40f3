using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

static class UsualLines
{
    public static List<OrderLine> Of(string json) => JsonSerializer.Deserialize<List<OrderLine>>(json, JsonSerializerOptions.Web)!;
}

/// <summary>
/// Orders contend for stock: its rows are locked in key order. Retries after optimistic conflicts cost more, much more on a popular sku.
/// </summary>
abstract class UsualStockStep<T>(UsualInventoryDb db, UsualRelay relay, TimeProvider clock)
    : UsualConsumer<UsualInventoryDb, T>(db, relay, UsualBus.Inventory, clock) where T : class, IOrderMessage
{
    protected async Task<List<UsualStock>> Lock(IReadOnlyList<OrderLine> lines)
    {
        var skus = lines.Select(line => line.Sku).ToArray();
        var levels = await Db.Stock.FromSql($"SELECT * FROM stock WHERE sku = ANY({skus}) ORDER BY sku FOR UPDATE").ToListAsync();
        return levels.Count == skus.Length ? levels : throw new InvalidOperationException("An order has an unknown sku.");
    }
}

sealed class UsualReserve(UsualInventoryDb db, UsualRelay relay, TimeProvider clock) : UsualStockStep<TryReserveStock>(db, relay, clock)
{
    protected override async Task Handle(TryReserveStock message, UsualOutbox outbox)
    {
        await Db.Database.BeginTransactionAsync();
        foreach (var level in await Lock(message.Lines))
        {
            var quantity = message.Lines.Single(line => line.Sku == level.Sku).Quantity;
            (level.Available, level.Held) = (level.Available - quantity, level.Held + quantity);
        }

        Db.Branches.Add(new UsualStockBranch
        {
            OrderId = message.OrderId, State = "Tried", Answer = """{"message":"StockReserved","reason":null,"lines":null}""",
            Lines = JsonSerializer.Serialize(message.Lines, JsonSerializerOptions.Web), CreatedAt = Now, UpdatedAt = Now,
        });
        Db.Audit("stock branch", message.OrderId, "", "Tried", nameof(TryReserveStock), Now, "available -> held");
        outbox.Publish(new StockReserved(message.OrderId));
    }
}

sealed class UsualSell(UsualInventoryDb db, UsualRelay relay, TimeProvider clock) : UsualStockStep<ConfirmStock>(db, relay, clock)
{
    protected override async Task Handle(ConfirmStock message, UsualOutbox outbox)
    {
        await Db.Database.BeginTransactionAsync();
        var branch = await Db.Branches.SingleAsync(row => row.OrderId == message.OrderId && row.State == "Tried");
        var lines = UsualLines.Of(branch.Lines);
        foreach (var level in await Lock(lines))
        {
            var quantity = lines.Single(line => line.Sku == level.Sku).Quantity;
            (level.Held, level.Sold) = (level.Held - quantity, level.Sold + quantity);
        }

        (branch.State, branch.UpdatedAt) = ("Confirmed", Now);
        Db.Audit("stock branch", message.OrderId, "Tried", "Confirmed", nameof(ConfirmStock), Now, "held -> sold");
        outbox.Publish(new StockConfirmed(message.OrderId));
    }
}
