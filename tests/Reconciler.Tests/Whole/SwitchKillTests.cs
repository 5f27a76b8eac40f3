using OrderSaga.Platform.Database;
using OrderSaga.Platform.Switches;

namespace Reconciler.Job.Tests;

/// <summary>A switch that the guard killed has a case, once.</summary>
public sealed class SwitchKillTests
{
    [Fact]
    public async Task A_kill_by_the_guard_opens_one_case()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "Recovery:ReviewIntervalSeconds=1");
        await Kill(shop, 1, "kim");
        await Kill(shop, 2, SwitchChanges.Guard);
        var opened = await Eventually.Becomes("the case is open", async () => await shop.Http.Cases(), cases => cases.Count > 0);
        opened.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            row => ((string)row!["class"]!).ShouldBe(Classes.SwitchKilled), row => ((string)row!["subject"]!).ShouldBe("flow version 2"));

        await Kill(shop, 3, SwitchChanges.Guard);
        (await Eventually.Becomes("the second case is open", async () => await shop.Http.Cases(), cases => cases.Count > 1)).Count.ShouldBe(2);
    }

    static async Task Kill(Shop shop, long number, string by)
    {
        await using var db = Migrations.Schema.Context(DatabaseMode.Sqlite, "orders", shop.Installation.Connection("orders"));
        db.Add(new SwitchVersion
        {
            Number = number, Name = "flow", Killed = true, Rules = "[]", By = by, Reason = "a test", At = TimeProvider.System.GetUtcNow().UtcDateTime,
        });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
