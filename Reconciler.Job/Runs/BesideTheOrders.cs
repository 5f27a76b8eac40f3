using System.Text.Json;

namespace Reconciler.Job;

/// <summary>What belongs to no order's story, and what a full run looks at beside the orders: settlement files, their rows that name no order, skus.</summary>
sealed class BesideTheOrders(SettlementFetch settlements, LateSettlements late, Ledgers ledgers, LedgerSettings reading, ReconciliationSettings settings)
{
    const string AddUp = "The level of each sku adds up, and is what its receipts and its orders come to.";

    /// <summary>Before the orders are read. A file is taken in once, whoever asks.</summary>
    public async Task<List<Finding>> TakeFiles(CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await foreach (var intake in settlements.TakeDue(cancel))
            if (intake.Finding is { } refused)
                findings.Add(refused);
        await foreach (var row in ledgers.Settlement.Nameless(since: null, cancel).Take(settings.MostFindings + 1))
            findings.Add(Rules.CheckNameless(row));
        return findings;
    }

    /// <summary>After it, so that what has come or was put right meanwhile is no finding. A file that came and was refused is not missing.</summary>
    public async Task<List<Finding>> Look(IReadOnlySet<string> refused, CancellationToken cancel)
    {
        List<Finding> findings = [.. (await late.Find(cancel)).Where(missing => !refused.Contains(missing.Subject!))];
        await foreach (var sku in new StockBalances(ledgers.Stock.Database, reading).Read(cancel: cancel))
            if (sku.Drift > 0 && findings.Count <= settings.MostFindings)
                findings.Add(Drifts(sku));
        return findings;
    }

    static Finding Drifts(SkuBalance sku) => new(
        Classes.StockLevelDiffers, Severity.High, null, sku.Sku, AddUp, JsonSerializer.Serialize(sku, JsonSerializerOptions.Web), Remedy.Case, 0, null);
}
