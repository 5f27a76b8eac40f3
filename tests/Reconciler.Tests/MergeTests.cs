using System.Text.Json;
using Discrepancies;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>The merge returns what a lookup of each order returns, for any page size.</summary>
public sealed class MergeTests
{
    static readonly Plan Plan = new()
    {
        Seed = 11, Clean = 120, Now = GeneratedLedgers.Now, Corrupted = Corruptions.Names.ToDictionary(name => name, _ => 2),
    };

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_merge_yields_each_order_once_in_order_and_complete(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, Plan);
        var everything = new MergeWindow(DateTime.MaxValue);
        var snapshots = await books.ReadSnapshots(everything);
        var ids = snapshots.ConvertAll(snapshot => snapshot.OrderId);

        ids.ShouldBe(ids.Order());
        ids.ShouldBe((await IdsOfAnyLedger(books)).Order());
        foreach (var snapshot in snapshots)
            Json(await books.Merge.ReadOne(snapshot.OrderId)).ShouldBe(Json(snapshot));
        foreach (var (entries, ahead, rows) in new[] { (1, 1, 1), (2, 3, 20), (7, 1, 50), (10_000, 1, 20_000) })
        {
            var bounds = new LedgerSettings { PageSize = entries, ReadAheadPages = ahead, MaxStatementRows = rows };
            var merge = new FourWayMerge(books.LedgersWith(bounds, out var settings), settings);
            var read = await merge.Read(everything).Select(Json).ToListAsync();
            read.ShouldBe(snapshots.Select(Json), $"pages of {entries}, {ahead} ahead, {rows} to a statement");
        }

        (await books.ReadSnapshots(everything, after: ids[77])).Select(snapshot => snapshot.OrderId).ShouldBe(ids[78..]);
        (await books.ReadSnapshots(everything, after: ids[^1])).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_watermark_merge_reads_changed_orders_completely(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, Plan with { Corrupted = new Dictionary<string, int>() },
            new LedgerSettings { LookupBatchSize = 7 });
        var all = await books.ReadSnapshots(new MergeWindow(DateTime.MaxValue));
        var since = GeneratedLedgers.Now.AddHours(-29);
        var wanted = all.FindAll(snapshot => Times(snapshot).Any(time => time >= since) || snapshot.Settled.Any(row => row.Day == new DateOnly(2030, 5, 14)));

        var changed = await books.ReadSnapshots(new MergeWindow(DateTime.MaxValue, since));
        changed.Select(Json).ShouldBe(wanted.Select(Json));
        changed.Count.ShouldBeInRange(10, all.Count - 10);
        (await books.ReadSnapshots(new MergeWindow(DateTime.MaxValue, since), after: changed[9].OrderId)).Select(Json).ShouldBe(wanted.Skip(10).Select(Json));
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Orders_changed_within_the_window_are_skipped(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, Plan);
        var until = GeneratedLedgers.Now.AddDays(-2);
        var left = (await books.ReadSnapshots(new MergeWindow(DateTime.MaxValue))).FindAll(snapshot => Times(snapshot).All(time => time <= until));
        (await books.ReadSnapshots(new MergeWindow(until))).Select(snapshot => snapshot.OrderId).ShouldBe(left.Select(snapshot => snapshot.OrderId));
        left.Count.ShouldBeInRange(10, 120);
    }

    [Fact]
    public async Task An_unknown_order_has_an_empty_snapshot()
    {
        await using var books = await GeneratedLedgers.Make(Mode.Embedded, Plan);
        var snapshot = await books.Merge.ReadOne(Guid.Empty);
        (snapshot.Known, snapshot.StockState, snapshot.PaymentState, snapshot.Settled.Count).ShouldBe((false, "none", "none", 0));
        snapshot.Found().ShouldBe("");
    }

    [Fact]
    public async Task A_database_with_another_id_order_is_detected()
    {
        await using var books = await GeneratedLedgers.Make(Mode.Embedded, Plan);
        await using var cursor = new Cursor<StockEntry>(new Backwards(books), new LedgerFilter.After(null), books.Settings, default);
        await cursor.Next();
        (await Should.ThrowAsync<InvalidOperationException>(async () => await cursor.Next())).Message.ShouldContain("does not sort ids as expected");
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_fails_the_merge()
    {
        await using var books = await GeneratedLedgers.Make(Mode.Embedded, Plan);
        await books.Run("payments", "DROP TABLE payment_attempts");
        await Should.ThrowAsync<System.Data.Common.DbException>(() => books.ReadSnapshots(GeneratedLedgers.All));
    }

    static async Task<HashSet<Guid>> IdsOfAnyLedger(GeneratedLedgers books)
    {
        var ledgers = books.Ledgers;
        return
        [
            .. await ledgers.Orders.ChangedSince(default, default).ToListAsync(), .. await ledgers.Stock.ChangedSince(default, default).ToListAsync(),
            .. await ledgers.Payments.ChangedSince(default, default).ToListAsync(), .. await ledgers.Settlement.ChangedSince(default, default).ToListAsync(),
        ];
    }

    static IEnumerable<DateTime> Times(OrderSnapshot snapshot) =>
        new[] { snapshot.Order?.UpdatedAt, snapshot.Stock?.UpdatedAt, snapshot.Payment?.UpdatedAt }.OfType<DateTime>()
        .Concat(snapshot.Payment?.Attempts.Select(attempt => attempt.UpdatedAt) ?? []);

    /// <summary>The rows of one order have no defined order.</summary>
    static string Json(OrderSnapshot snapshot) => JsonSerializer.Serialize(snapshot with
    {
        Settled = [.. snapshot.Settled.OrderBy(row => row.Id, StringComparer.Ordinal)],
        Payment = snapshot.Payment is { } payment
            ? payment with { Attempts = [.. payment.Attempts.OrderBy(attempt => attempt.Operation, StringComparer.Ordinal)] } : null,
    });

    /// <summary>Its ids descend while the table's ascend.</summary>
    sealed class Backwards(GeneratedLedgers books) : Ledger<StockEntry>(books.Ledgers.Stock.Database, books.Settings)
    {
        protected override string Columns => "order_id, state, updated_at";
        protected override string From => "stock_branches";
        protected override string Id => "order_id";
        protected override string Main => From;
        protected override string Changed => "";

        public override Guid IdOf(StockEntry entry) => new(entry.OrderId.ToByteArray().Select(part => (byte)~part).ToArray());

        protected override StockEntry Read(System.Data.Common.DbDataReader row) => new(row.GetGuid(0), row.GetString(1), [], "main", row.GetUtc(2));
    }
}
