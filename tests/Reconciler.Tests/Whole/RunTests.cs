using Microsoft.EntityFrameworkCore;

namespace Reconciler.Job.Tests;

/// <summary>
/// Runs over HTTP on the whole system: discrepancies are found, repaired where that is safe, and opened as cases where it is not.
/// </summary>
public sealed class RunTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Corrupted_orders_are_repaired_and_the_next_run_is_clean(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        await shop.Order();
        var held = await shop.Order("tok_declined", "Cancelled");
        var taken = await shop.Order();
        var orphan = await shop.Order("tok_declined", "Cancelled");
        await shop.Corruptor.HoldsStock(held);
        await shop.Corruptor.TakenButCancelled(taken);
        await shop.Corruptor.Orphans(orphan);

        var run = await shop.Http.Reconcile();
        ((string)run["state"]!).ShouldBe("Completed", run.ToJsonString());
        ((int)run["counts"]!["orders"]!, (int)run["counts"]!["found"]!, (int)run["counts"]!["repaired"]!, (int)run["counts"]!["cases"]!).ShouldBe((4, 3, 3, 0));
        (await shop.Http.Findings(run)).ShouldBe(
            ["captured-but-cancelled Repaired", "orphan-hold Repaired", "status-differs-order-stock Repaired"]);
        (await shop.Db(db => db.Repairs.Select(repair => repair.State).ToListAsync()))
            .ShouldBe([RepairState.Repaired, RepairState.Repaired, RepairState.Repaired]);
        (await shop.Gateway(taken)).ShouldBe(["authorize", "capture", "refund"]);
        (await shop.Http.Json("/failed-messages"))["items"]!.AsArray().ShouldBeEmpty("the answers about the orphan were no fault");

        var again = await shop.Http.Reconcile();
        ((int)again["counts"]!["found"]!, (int)again["counts"]!["known"]!).ShouldBe((0, 0));
        (await shop.Gateway(taken)).Count.ShouldBe(3);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_repair_reaches_an_order_of_a_removed_lane(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var order = await shop.Order("tok_declined", "Cancelled");
        await shop.Corruptor.HoldsStock(order);
        await shop.Corruptor.Run("orders", "UPDATE orders SET lane = 'vip'");

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["status-differs-order-stock Repaired"]);
        ((int)(await shop.Http.Reconcile())["counts"]!["found"]!).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_dry_run_reports_repairs_and_sends_none(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        await shop.Corruptor.HoldsStock(await shop.Order("tok_declined", "Cancelled"));
        await shop.Corruptor.OtherAmount(await shop.Order());

        var run = await shop.Http.Reconcile(new { });
        ((bool)run["dryRun"]!).ShouldBeTrue("a new installation does not repair");
        (await shop.Http.Findings(run)).ShouldBe(["amount-differs WouldOpenCase", "status-differs-order-stock WouldRepair"]);
        (await shop.Db(db => db.Repairs.CountAsync())).ShouldBe(0);
        (await shop.Http.Cases()).ShouldBeEmpty();
        ((int)(await shop.Http.Reconcile(new { }))["counts"]!["found"]!).ShouldBe(2, "they are still there");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_repeated_finding_for_operators_is_one_case(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var order = await shop.Order();
        await shop.Corruptor.OtherAmount(order);

        var first = await shop.Http.Reconcile();
        (await shop.Http.Findings(first)).ShouldBe(["amount-differs CaseOpened"]);
        var second = await shop.Http.Reconcile();
        (await shop.Http.Findings(second)).ShouldBe(["amount-differs CaseKnown"]);
        ((int)second["counts"]!["found"]!, (int)second["counts"]!["known"]!).ShouldBe((0, 1));
        ((Guid)(await shop.Http.Cases()).ShouldHaveSingleItem()!["orderId"]!).ShouldBe(order);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_ineffective_repair_becomes_a_case(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Reconciliation:RepairTimeoutSeconds=0");
        await shop.Corruptor.CannotBeRepaired(await shop.Order("tok_declined", "Cancelled"));

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["status-differs-order-stock Repaired", "stock-level-differs CaseOpened"]);
        await Eventually.Holds("the participant has refused it", async () => (await shop.Http.Json("/failed-messages"))["items"]!.AsArray().Count > 0);
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["status-differs-order-stock CaseOpened", "stock-level-differs CaseKnown"]);
        (await shop.Db(db => db.Repairs.SingleAsync())).State.ShouldBe(RepairState.Failed);
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["status-differs-order-stock CaseKnown", "stock-level-differs CaseKnown"]);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_run_beyond_its_budget_stops_and_opens_one_case(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Reconciliation:MaxRepairs=2");
        for (var i = 0; i < 4; i++)
            await shop.Corruptor.HoldsStock(await shop.Order("tok_declined", "Cancelled"));

        var run = await shop.Http.Reconcile();
        ((int)run["counts"]!["repaired"]!, (int)run["counts"]!["cases"]!).ShouldBe((2, 1));
        (await shop.Http.Findings(run)).Count(finding => finding.EndsWith("OverBudget", StringComparison.Ordinal)).ShouldBe(2);
        ((string)(await shop.Http.Cases()).ShouldHaveSingleItem()!["class"]!).ShouldBe(Classes.RepairBudgetSpent);

        ((int)(await shop.Http.Reconcile())["counts"]!["repaired"]!).ShouldBe(2, "the next run has a budget of its own");
        ((int)(await shop.Http.Reconcile())["counts"]!["found"]!).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_run_can_check_a_single_order(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var (one, other) = (await shop.Order("tok_declined", "Cancelled"), await shop.Order("tok_declined", "Cancelled"));
        await shop.Corruptor.HoldsStock(one);
        await shop.Corruptor.HoldsStock(other);

        var run = await shop.Http.Reconcile(new { kind = "order", orderId = one, dryRun = false });
        ((int)run["counts"]!["orders"]!, (int)run["counts"]!["repaired"]!).ShouldBe((1, 1));
        ((int)(await shop.Http.Reconcile())["counts"]!["repaired"]!).ShouldBe(1, "the other one is not repaired yet");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Of_two_concurrent_runs_one_starts(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var other = await shop.AddReconciler();
        await shop.Order();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? shop.Http : other).PostJson("/reconciliation/runs", new { })));
        answers.ShouldContain(answer => (int)answer.Status == 202);
        answers.Where(answer => (int)answer.Status != 202).ShouldAllBe(answer => (int)answer.Status == 409);
        foreach (var (_, body) in answers.Where(answer => (int)answer.Status == 202))
            ((string)(await shop.Http.RunEnds((string)body["id"]!))["state"]!).ShouldBe("Completed");
        var runs = await shop.Db(db => db.Runs.OrderBy(run => run.CreatedAt).ToListAsync());
        runs.Zip(runs.Skip(1)).ShouldAllBe(pair => pair.First.FinishedAt <= pair.Second.CreatedAt);
    }
}
