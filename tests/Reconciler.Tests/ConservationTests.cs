using Discrepancies;
using Reconciler.Job;

namespace Reconciler.Tests;

public sealed class ConservationTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Consistent_ledgers_conserve_every_unit_and_cent(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, new Plan { Seed = 3, Clean = 1500, Now = GeneratedLedgers.Now });
        var report = await Read(books);

        (report.StockDrift, report.MoneyDrift.Count, report.DriftingOrderCount).ShouldBe((0, 0, 0));
        report.Conserved.ShouldBeTrue();
        report.Skus.ShouldBe(50);
        report.Stock.Received.ShouldBe(report.Stock.Available + report.Stock.Held + report.Stock.Sold);
        report.Stock.Sold.ShouldBeGreaterThan(1000);
        report.Money.ShouldAllBe(day => day.Drift == 0);
        report.Money.Sum(day => day.Settled).ShouldBe(report.Money.Sum(day => day.Captured - day.Refunded - day.Pending));
        report.Money.Sum(day => day.Pending).ShouldBeGreaterThan(0);
        report.Money.Sum(day => day.Fees).ShouldBeGreaterThan(0);
        report.Money.Select(day => day.Currency).Distinct().ShouldBe(["EUR", "GBP", "USD"]);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Missing_units_are_counted_and_their_sku_is_named(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, new Plan { Seed = 4, Clean = 300, Now = GeneratedLedgers.Now });
        await books.Run("inventory", "UPDATE stock SET held = held + 3, available = available - 3 WHERE sku = 'sku-007'");
        await books.Run("inventory", "UPDATE receipts SET quantity = quantity - 5 WHERE sku = 'sku-011'");

        var report = await Read(books);
        report.Conserved.ShouldBeFalse();
        report.StockDrift.ShouldBe(8);
        report.DriftingSkus.Select(sku => (sku.Sku, sku.Drift)).ShouldBe([("sku-007", 3L), ("sku-011", 5L)]);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Missing_money_is_counted_by_currency_and_order(Mode mode)
    {
        var ways = new Dictionary<string, int>
        {
            ["missing-in-settlement"] = 2, ["doubled-capture"] = 2, ["settlement-amount-differs"] = 2, ["unknown-in-settlement"] = 2,
            ["refund-without-reason"] = 1, ["lines-differ"] = 2,
        };
        await using var books = await GeneratedLedgers.Make(mode, new Plan { Seed = 5, Clean = 300, Now = GeneratedLedgers.Now, Corrupted = ways });

        var report = await Read(books);
        var wanted = books.Corrupted.Where(corrupted => corrupted.Class != "lines-differ").Select(corrupted => corrupted.OrderId).Order().ToList();
        report.DriftingOrders.Select(order => order.OrderId!.Value).Order().ShouldBe(wanted);
        report.DriftingOrderCount.ShouldBe(wanted.Count);
        report.MoneyDrift.Values.Sum().ShouldBe(report.DriftingOrders.Sum(order => Math.Abs(order.Off)));
        report.Money.Sum(day => day.Drift).ShouldBe(report.DriftingOrders.Sum(order => order.Off));
        report.StockDrift.ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_fully_refunded_partial_capture_is_conserved(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, new Plan { Seed = 7, Clean = 300, Now = GeneratedLedgers.Now });
        var before = await Read(books);
        await books.Run("payments", "UPDATE payment_branches SET captured_amount = amount - 100 WHERE undo = 'Refund'");
        await books.Run("reconciler", """
            UPDATE settlement_rows SET amount = amount + CASE operation WHEN 'refund' THEN 100 ELSE -100 END
            WHERE order_id IN (SELECT order_id FROM settlement_rows WHERE operation = 'refund')
            """);

        var report = await Read(books);
        report.Money.Sum(day => day.Refunded).ShouldBeLessThan(before.Money.Sum(day => day.Refunded));
        (report.MoneyDrift.Count, report.DriftingOrderCount, report.Conserved).ShouldBe((0, 0, true));
        (await books.Findings(GeneratedLedgers.All)).ShouldNotContain(finding => finding.Class == Classes.SettlementAmountDiffers);
        (await MovedInMay(books)).ShouldBe(report.Money.Sum(day => day.Captured + day.Refunded));
    }

    static async Task<long> MovedInMay(GeneratedLedgers books) =>
        (await books.Ledgers.Payments.Moved(new DateOnly(2030, 5, 1), new DateOnly(2030, 5, 31))).Sum(day => day.Sum(money => money.Captured + money.Refunded));

    [Fact]
    public async Task A_settlement_row_without_an_order_is_reported_as_drift()
    {
        await using var books = await GeneratedLedgers.Make(Mode.Embedded, new Plan { Seed = 6, Clean = 50, Now = GeneratedLedgers.Now });
        await books.Run("reconciler", """
            INSERT INTO settlement_rows (id, operation, authorization_id, reference, order_id, amount, fee, currency, at, day)
            VALUES ('cap_x', 'capture', 'auth_x', 'somebody else', NULL, 500, 32, 'EUR', '2030-05-13 10:00:00', '2030-05-13')
            """);
        var difference = (await Read(books)).DriftingOrders.ShouldHaveSingleItem();
        (difference.OrderId, difference.Subject, difference.Currency, difference.Off).ShouldBe((null, "cap_x", "EUR", -500));

        var row = (await books.Ledgers.Settlement.Unmatched(null).ToListAsync()).ShouldHaveSingleItem();
        var finding = Rules.CheckUnmatched(row);
        (finding.Class, finding.Subject, finding.Amount).ShouldBe((Classes.UnknownInSettlement, "cap_x", 500));
    }

    static async Task<ConservationReport> Read(GeneratedLedgers books) => await new Conservation(books.Ledgers, books.Settings).Read(
        await new SettlementTermsSource(books.Ledgers, new SettlementSettings(), new IntakeRig.Noon()).Days());
}
