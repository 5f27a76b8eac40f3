using System.Text.Json;
using Discrepancies;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>The merge returns what a lookup of each order returns, for any page size.</summary>
public sealed class MergeTests
{
    static readonly Plan Plan = new()
    {
        Seed = 11, Clean = 120, Now = MadeBooks.Now, Spoiled = Spoilers.Names.ToDictionary(name => name, _ => 2),
    };

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_merge_yields_each_order_once_in_order_and_complete(Mode mode)
    {
        await using var books = await MadeBooks.Make(mode, Plan);
        var everything = new MergeWindow(DateTime.MaxValue);
        var stories = await books.Stories(everything);
        var ids = stories.ConvertAll(story => story.OrderId);

        ids.ShouldBe(ids.Order());
        ids.ShouldBe((await IdsOfAnyLedger(books)).Order());
        foreach (var story in stories)
            Json(await books.Merge.Look(story.OrderId)).ShouldBe(Json(story));
        foreach (var (entries, ahead, rows) in new[] { (1, 1, 1), (2, 3, 20), (7, 1, 50), (10_000, 1, 20_000) })
        {
            var bounds = new LedgerSettings { PageEntries = entries, PagesAhead = ahead, StatementRows = rows };
            var merge = new FourWayMerge(books.LedgersWith(bounds, out var settings), settings);
            var read = await merge.Read(everything).Select(Json).ToListAsync();
            read.ShouldBe(stories.Select(Json), $"pages of {entries}, {ahead} ahead, {rows} to a statement");
        }

        (await books.Stories(everything, after: ids[77])).Select(story => story.OrderId).ShouldBe(ids[78..]);
        (await books.Stories(everything, after: ids[^1])).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_watermark_merge_reads_changed_orders_completely(Mode mode)
    {
        await using var books = await MadeBooks.Make(mode, Plan with { Spoiled = new Dictionary<string, int>() }, new LedgerSettings { LookUpOrders = 7 });
        var all = await books.Stories(new MergeWindow(DateTime.MaxValue));
        var since = MadeBooks.Now.AddHours(-29);
        var wanted = all.FindAll(story => Times(story).Any(time => time >= since) || story.Settled.Any(row => row.Day == new DateOnly(2030, 5, 14)));

        var changed = await books.Stories(new MergeWindow(DateTime.MaxValue, since));
        changed.Select(Json).ShouldBe(wanted.Select(Json));
        changed.Count.ShouldBeInRange(10, all.Count - 10);
        (await books.Stories(new MergeWindow(DateTime.MaxValue, since), after: changed[9].OrderId)).Select(Json).ShouldBe(wanted.Skip(10).Select(Json));
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Orders_changed_within_the_window_are_skipped(Mode mode)
    {
        await using var books = await MadeBooks.Make(mode, Plan);
        var until = MadeBooks.Now.AddDays(-2);
        var left = (await books.Stories(new MergeWindow(DateTime.MaxValue))).FindAll(story => Times(story).All(time => time <= until));
        (await books.Stories(new MergeWindow(until))).Select(story => story.OrderId).ShouldBe(left.Select(story => story.OrderId));
        left.Count.ShouldBeInRange(10, 120);
    }

    [Fact]
    public async Task An_unknown_order_has_an_empty_snapshot()
    {
        await using var books = await MadeBooks.Make(Mode.Embedded, Plan);
        var story = await books.Merge.Look(Guid.Empty);
        (story.Known, story.StockState, story.PaymentState, story.Settled.Count).ShouldBe((false, "none", "none", 0));
        story.Found().ShouldBe("");
    }

    [Fact]
    public async Task A_database_with_another_id_order_is_detected()
    {
        await using var books = await MadeBooks.Make(Mode.Embedded, Plan);
        await using var cursor = new Cursor<StockEntry>(new Backwards(books), new Which.After(null), books.Settings, default);
        await cursor.Next();
        (await Should.ThrowAsync<InvalidOperationException>(async () => await cursor.Next())).Message.ShouldContain("does not sort ids as expected");
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_fails_the_merge()
    {
        await using var books = await MadeBooks.Make(Mode.Embedded, Plan);
        await books.Run("payments", "DROP TABLE payment_attempts");
        await Should.ThrowAsync<System.Data.Common.DbException>(() => books.Stories(MadeBooks.All));
    }

    static async Task<HashSet<Guid>> IdsOfAnyLedger(MadeBooks books)
    {
        var ledgers = books.Ledgers;
        return
        [
            .. await ledgers.Orders.ChangedSince(default, default).ToListAsync(), .. await ledgers.Stock.ChangedSince(default, default).ToListAsync(),
            .. await ledgers.Payments.ChangedSince(default, default).ToListAsync(), .. await ledgers.Settlement.ChangedSince(default, default).ToListAsync(),
        ];
    }

    static IEnumerable<DateTime> Times(Story story) => new[] { story.Order?.UpdatedAt, story.Stock?.UpdatedAt, story.Payment?.UpdatedAt }.OfType<DateTime>()
        .Concat(story.Payment?.Attempts.Select(attempt => attempt.UpdatedAt) ?? []);

    /// <summary>The rows of one order have no defined order.</summary>
    static string Json(Story story) => JsonSerializer.Serialize(story with
    {
        Settled = [.. story.Settled.OrderBy(row => row.Id, StringComparer.Ordinal)],
        Payment = story.Payment is { } payment
            ? payment with { Attempts = [.. payment.Attempts.OrderBy(attempt => attempt.Operation, StringComparer.Ordinal)] } : null,
    });

    /// <summary>Its ids descend while the table's ascend.</summary>
    sealed class Backwards(MadeBooks books) : Ledger<StockEntry>(books.Ledgers.Stock.Database, books.Settings)
    {
        protected override string Columns => "order_id, state, updated_at";
        protected override string From => "stock_branches";
        protected override string Id => "order_id";
        protected override string Main => From;
        protected override string Changed => "";

        public override Guid IdOf(StockEntry entry) => new(entry.OrderId.ToByteArray().Select(part => (byte)~part).ToArray());

        protected override StockEntry Read(System.Data.Common.DbDataReader row) => new(row.GetGuid(0), row.GetString(1), [], row.GetUtc(2));
    }
}
