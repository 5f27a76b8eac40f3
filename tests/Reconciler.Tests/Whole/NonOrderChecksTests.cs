using Microsoft.EntityFrameworkCore;

namespace Reconciler.Job.Tests;

/// <summary>Findings without an order: a settlement file that never arrives, and a sku that does not add up.</summary>
public sealed class NonOrderChecksTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_missing_settlement_file_is_a_case_until_it_arrives(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Settlements:FetchEnabled=false");
        await shop.Order();
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(-5);
        await shop.Corruptor.Run(
            "payments", $"UPDATE payment_attempts SET created_at = '{day:yyyy-MM-dd} 12:00:00Z', updated_at = '{day:yyyy-MM-dd} 12:00:00Z'");

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe([$"{Classes.SettlementFileMissing} CaseOpened"]);
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe([$"{Classes.SettlementFileMissing} CaseKnown"]);
        var opened = await shop.Db(db => db.Cases.SingleAsync());
        (opened.Subject, opened.Status).ShouldBe((FileFinding.Subject(day), CaseStatus.Open));
        opened.Evidence.ShouldContain("\"currency\":\"EUR\",\"count\":1,\"captured\":2500,\"refunded\":0");

        await shop.Db(db =>
        {
            db.Add(new SettlementFile { Day = day, Hash = "by hand" });
            return db.SaveChangesAsync();
        });
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe([$"{Classes.MissingInSettlement} CaseOpened"], "the file has no row of the order");
        (await shop.Db(db => db.Cases.SingleAsync(row => row.Class == Classes.SettlementFileMissing))).Status.ShouldBe(CaseStatus.Resolved);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_sku_imbalance_is_a_case_until_it_is_corrected(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        await shop.Order();
        await shop.Corruptor.Run("inventory", "UPDATE stock SET received = received + 3, available = available + 3 WHERE sku = 'tea-001'");

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe([$"{Classes.StockLevelDiffers} CaseOpened"]);
        var opened = await shop.Db(db => db.Cases.SingleAsync());
        opened.Subject.ShouldBe("tea-001");
        opened.Evidence.ShouldContain("\"drift\":3");

        await shop.Corruptor.Run("inventory", "UPDATE stock SET received = received - 3, available = available - 3 WHERE sku = 'tea-001'");
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBeEmpty();
        (await shop.Db(db => db.Cases.SingleAsync())).Status.ShouldBe(CaseStatus.Resolved);
    }
}
