using System.Text.Json;

namespace Reconciler.Job;

/// <summary>
/// Checks of a full run that do not concern single orders: settlement files, their rows without an order, and stock levels.
/// </summary>
sealed class NonOrderChecks(
    SettlementFetch<ReconcilerDb> settlements, LateSettlements late, LedgerSet ledgers, LedgerSettings reading, SettlementSettings files,
    ReconciliationSettings settings)
{
    const string KindRequirement = "The kinds of rows in settlement files are known.";
    const string StockRequirement = "The level of each sku adds up and agrees with its receipts and its orders.";

    /// <summary>Imports due files before the orders are read. Each file is imported once.</summary>
    public async Task<List<Finding>> FetchFiles(CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await foreach (var intake in settlements.ImportDue(cancel))
            if (intake.Refusal is { } refusal)
                findings.Add(FileFinding.Refused(intake.Day, refusal));
        await foreach (var row in ledgers.Settlement.Unmatched(since: null, cancel).Take(settings.MaxFindings + 1))
            findings.Add(Rules.CheckUnmatched(row));
        return findings;
    }

    /// <summary>
    /// Runs after the comparison, so that files and levels corrected meanwhile are not reported. A refused file is not reported as missing
    /// too.
    /// </summary>
    public async Task<List<Finding>> CheckDays(IReadOnlySet<string> refused, CancellationToken cancel)
    {
        List<Finding> findings = [.. (await late.Find(cancel)).Select(FileFinding.Late).Where(missing => !refused.Contains(missing.Subject!))];
        await foreach (var sku in new StockBalances(ledgers.Stock.Database, reading).Read(cancel: cancel))
            if (sku.Drift > 0 && findings.Count <= settings.MaxFindings)
                findings.Add(Drifts(sku));
        findings.AddRange((await ledgers.Settlement.OtherKinds([.. SettlementKinds.OfOrders, .. files.CountedKinds], cancel))
            .GroupBy(sum => sum.Kind).Select(Unknown));
        return findings;
    }

    static Finding Drifts(SkuBalance sku) => new(
        Classes.StockLevelDiffers, Severity.High, null, sku.Sku, StockRequirement, JsonSerializer.Serialize(sku, JsonSerializerOptions.Web),
        Remedy.Case, 0, null)
    {
        FingerprintText = $"{sku.Received - sku.Available - sku.Held - sku.Sold} {sku.Received - sku.Receipts} "
            + $"{sku.Held - sku.HeldByOrders} {sku.Sold - sku.SoldToOrders}",
    };

    /// <summary>One finding per kind, whatever the number of rows: an operator decides what it is.</summary>
    static Finding Unknown(IGrouping<string, KindSum> kind) => new(
        Classes.SettlementKindUnknown, Severity.Medium, null, $"kind {kind.Key}", KindRequirement, JsonSerializer.Serialize(kind, JsonSerializerOptions.Web),
        Remedy.Case, kind.Sum(sum => Math.Abs(sum.Amount)), kind.Select(sum => sum.Currency).Distinct().Count() == 1 ? kind.First().Currency : null);
}
