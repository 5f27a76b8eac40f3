namespace Reconciler.Job.Tests;

/// <summary>The compensation policy, without a host: the decision about a finding, and how a recheck changes it.</summary>
public sealed class CompensationRuleTests
{
    static readonly DateTime Until = new(2026, 1, 31, 2, 0, 0, DateTimeKind.Utc);
    static readonly Guid Order = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000001");

    [Fact]
    public void A_repair_is_sent_when_allowed() => Decide(Remedy.CancelStock).ShouldBe(new Decision.Send());

    [Fact]
    public void An_existing_case_stays_a_case() =>
        Decide(Remedy.CancelStock, known: true).ShouldBe(new Decision.Leave(FindingOutcome.CaseKnown));

    [Fact]
    public void A_dry_run_only_reports_its_decisions()
    {
        Decide(Remedy.CancelStock, dryRun: true).ShouldBe(new Decision.Leave(FindingOutcome.WouldRepair));
        Decide(Remedy.Case, dryRun: true).ShouldBe(new Decision.Leave(FindingOutcome.WouldOpenCase));
        Decide(Remedy.CancelStock, dryRun: true, sentAt: Until.AddHours(-1)).ShouldBe(new Decision.Leave(FindingOutcome.WouldOpenCase));
    }

    [Fact]
    public void A_repair_without_effect_becomes_a_case_after_a_wait()
    {
        Decide(Remedy.CancelStock, sentAt: Until.AddSeconds(1)).ShouldBeOfType<Decision.Leave>().Outcome.ShouldBe(FindingOutcome.InProgress);
        Decide(Remedy.CancelStock, sentAt: Until.AddSeconds(-1)).ShouldBeOfType<Decision.Open>().Reason.ShouldContain("did not help");
    }

    [Fact]
    public void No_repair_is_sent_beyond_the_budget() =>
        Decide(Remedy.CancelStock, budget: Allowance.Spent).ShouldBeOfType<Decision.Leave>().Outcome.ShouldBe(FindingOutcome.OverBudget);

    [Fact]
    public void The_budget_counts_repairs_and_money_per_currency()
    {
        var settings = new ReconciliationSettings { MaxRepairs = 3, MaxRepairAmount = 100 };
        var budget = new Budget(settings, []);
        budget.Allows(Finding(Remedy.CancelPayment, 101)).ShouldBe(Allowance.TooLarge);
        budget.Spend(Finding(Remedy.CancelPayment, 60));
        budget.Allows(Finding(Remedy.CancelPayment, 41)).ShouldBe(Allowance.Spent, "too much together");
        budget.Allows(Finding(Remedy.CancelPayment, 40)).ShouldBe(Allowance.Allowed, "a smaller one still fits");
        budget.Allows(Finding(Remedy.CancelPayment, 41, "USD")).ShouldBe(Allowance.Allowed, "another currency");
        budget.Spend(Finding(Remedy.CancelPayment, 41, "USD"));
        budget.Spend(Finding(Remedy.CancelPayment, 0));
        budget.Allows(Finding(Remedy.CancelPayment, 0)).ShouldBe(Allowance.Spent, "three were sent");
    }

    [Theory]
    [InlineData("Cancelled", 0, true, typeof(Decision.Send))]
    [InlineData("Completed", 0, true, typeof(Decision.Send))]
    [InlineData(null, 0, true, typeof(Decision.Send))]
    [InlineData("Cancelled", 0, false, typeof(Decision.Leave))]
    [InlineData("Cancelled", 1, true, typeof(Decision.Leave))]
    [InlineData("NeedsReview", 0, true, typeof(Decision.Open))]
    [InlineData("Cancelling", 0, true, typeof(Decision.Open))]
    public void Only_a_current_snapshot_of_a_final_order_is_repaired(string? state, int movedAfter, bool same, Type expected)
    {
        var moved = Until.AddSeconds(movedAfter);
        var order = state is null ? null : new OrderEntry(Order, "demo", state, 3, "EUR", 100, [], true, "stock-first", "main", Until.AddDays(-1), moved);
        var snapshot = new OrderSnapshot(Order, order, new StockEntry(Order, "Tried", [], "main", Until.AddHours(-1)), null, []);
        CompensationRule.Reconsider(new Decision.Send(), Finding(Remedy.CancelStock), snapshot, same, Until).ShouldBeOfType(expected);
    }

    static Decision Decide(Remedy remedy, bool dryRun = false, bool known = false, DateTime? sentAt = null, Allowance budget = Allowance.Allowed)
    {
        var run = new ReconciliationRun { Id = Order, RequestedBy = "test", DryRun = dryRun, Until = Until };
        var open = known ? new CaseRow { Class = "c", Rule = "r", Evidence = "{}", Reason = "why" } : null;
        var earlier = sentAt is { } at ? new Repair { Key = "k", Class = "c", RequestedBy = "test", Before = "{}", SentAt = at } : null;
        return CompensationRule.Decide(Finding(remedy), run, open, earlier, budget);
    }

    static FindingRow Finding(Remedy remedy, long amount = 100, string currency = "EUR") => FindingRow.Of(
        Order, new Finding("c", Severity.High, Order, null, "r", "{}", remedy, amount, currency), new DateTimeOffset(Until));
}
