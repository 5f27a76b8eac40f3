using System.Text.Json.Nodes;
using OrderSaga.Platform.History;

namespace Reconciler.Job;

/// <summary>Examples for the API document.</summary>
static class Examples
{
    static readonly Guid Id = Guid.Parse("019c13f2-6c00-7a51-8f3e-2b7d64c1a901");
    static readonly Guid Order = Guid.Parse("019c0ecc-1000-7a51-8f3e-2b7d64c1a902");
    static readonly DateTime At = new(2026, 1, 31, 2, 30, 0, DateTimeKind.Utc);
    static readonly JsonNode Ledgers = new JsonObject
    {
        ["order"] = new JsonObject { ["state"] = "Cancelled" },
        ["stock"] = new JsonObject { ["state"] = "Tried", ["lines"] = new JsonArray(new JsonObject { ["sku"] = "tea-001", ["quantity"] = 2 }) },
        ["payment"] = null,
    };

    const string Rule = "A cancelled order holds no stock.";
    const string Class = "status-differs-order-stock";

    public static readonly RunView Completed = new(
        Id, "full", nameof(RunState.Completed), new DateOnly(2026, 1, 30), null, false, "schedule", null, At.AddMinutes(-15), At, At.AddSeconds(41), 41,
        new RunCounts(182_345, 182_345, 3, 1, 2, 1), 0, null);

    public static readonly RunView Running = Completed with
    {
        State = nameof(RunState.Merging), FinishedAt = null, Seconds = 0.2, Counts = new RunCounts(0, 0, 0, 0, 0, 0),
    };

    public static readonly FindingView Finding = new(
        Id, Class, nameof(Severity.Medium), Order, null, Rule, Ledgers.DeepClone(), nameof(Remedy.CancelStock), 2500, "EUR",
        nameof(FindingOutcome.Repaired), null, null, At);

    public static readonly CaseView Case = new(
        Id, nameof(CaseStatus.Open), Class, nameof(Severity.Medium), Order, null, Rule, "CancelStock was sent at 2026-01-30 02:30:11 UTC and did not help",
        2500, "EUR", null, Id, At, At.AddDays(1), null);

    public static readonly CaseDetails CaseDetails = new(
        Case, Ledgers.DeepClone(), [new CaseChange(At, "", nameof(CaseStatus.Open), $"run {Id}", Case.Reason)]);

    public static readonly AuditHistory CaseHistory = new(Order.ToString(),
    [
        new(At.AddDays(-1), "repair", "repair", null, nameof(RepairState.Sent), "schedule", $"{Remedy.CancelStock} for {Class}"),
        new(At, "repair", "repair", nameof(RepairState.Sent), nameof(RepairState.Failed), $"run {Id}", null),
        new(At, "case", "case", null, nameof(CaseStatus.Open), $"run {Id}", Case.Reason),
    ], Complete: true);

    public static readonly CasePreview CasePreview = new(
        Case, true, Ledgers.DeepClone(),
        [
            new ActionPreview(CaseRule.Assign, [], null),
            new ActionPreview(CaseRule.Retry, [nameof(Remedy.CancelStock)], null),
            new ActionPreview(CaseRule.Compensate, [nameof(Remedy.CancelPayment), nameof(Remedy.CancelStock)], null),
            new ActionPreview(CaseRule.Accept, [], null),
            new ActionPreview(CaseRule.Resolve, [], null),
        ]);

    static readonly RepairView Repair = new(
        Id, Order, Class, nameof(Remedy.CancelStock), nameof(RepairState.Repaired), At, At.AddSeconds(1), Ledgers.DeepClone(), null);

    public static readonly RunReport Report = new(
        Completed, "One difference was found and repaired.",
        [new ClassReport(Class, nameof(Severity.Medium), Rule, nameof(Remedy.CancelStock), 1,
            new Dictionary<string, int> { [nameof(FindingOutcome.Repaired)] = 1 }, new Dictionary<string, long> { ["EUR"] = 2500 }, [Finding])],
        [Repair], [Case], 1, null);
}
