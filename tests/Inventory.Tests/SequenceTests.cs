using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Contracts;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>Every sequence through the consumers, the bus and a database.</summary>
public sealed class SequenceTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public Task Every_sequence_ends_as_modelled(Mode mode) => new StockSequences().RunAll(mode);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public Task Every_sequence_ends_the_same_with_crashes_around_commits(Mode mode) => new StockSequences().RunAll(mode, new CrashBeforeCommit());
}

/// <summary>Each order asks for its own sku, whose units are checked exactly, and for one unit of a shared sku.</summary>
sealed class StockSequences() : FenceSequences<InventoryDb, Branch>(Quantity)
{
    const string Hot = "hot";
    const int Quantity = 2;

    protected override string Database => "inventory";

    protected override async Task<ParticipantHost<InventoryDb>> Start(
        Installation installation, string[] settings, params IInterceptor[] interceptors)
    {
        var host = await TestHost.Start(installation, settings, interceptors);
        await host.Receive(Hot, 1_000_000);
        return host;
    }

    protected override void Add(DbContext db, string resource, long available)
    {
        var level = new StockLevel { Sku = resource };
        level.Receive(available);
        db.Add(level);
    }

    protected override IOrderMessage Message(Op op, Guid orderId, string resource) =>
        Commands.Of(op, orderId, new OrderLine(Hot, 1), new OrderLine(resource, Quantity));

    protected override string Text(IOrderMessage answer) => Commands.Text(answer);

    protected override string Refusal(long available) => Commands.SoldOut(Quantity, available);

    protected override Task<Dictionary<string, Balance>> Balances(InventoryDb db) =>
        db.Stock.AsNoTracking().ToDictionaryAsync(level => level.Sku, level => new Balance(level.Available, level.Held, level.Sold));

    protected override void CheckShared(Dictionary<string, Balance> balances, IReadOnlyList<FenceModel> models)
    {
        var (held, sold) = (models.Sum(model => model.Held / Quantity), models.Sum(model => model.Used / Quantity));
        balances[Hot].ShouldBe(new Balance(1_000_000 - held - sold, held, sold));
    }
}
