namespace Reconciler.Job.Tests;

/// <summary>Settled money whose reference is not an order id.</summary>
public sealed class UnmatchedSettlementTests
{
    [Fact]
    public async Task A_settlement_row_without_an_order_is_its_own_case()
    {
        await using var shop = await Shop.Open(Mode.Embedded);
        await shop.Order();
        var day = new DateOnly(2020, 2, 29);
        await shop.Db(db =>
        {
            db.Add(new SettlementFile { Day = day, Hash = "by hand" });
            db.Add(new SettledRow
            {
                Id = "cap_x", Operation = "capture", AuthorizationId = "auth_x", Reference = "another shop's", Amount = 500, Fee = 32, Currency = "EUR",
                At = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), Day = day,
            });
            return db.SaveChangesAsync();
        });

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe([$"{Classes.UnknownInSettlement} CaseOpened"]);
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe([$"{Classes.UnknownInSettlement} CaseKnown"]);
    }
}
