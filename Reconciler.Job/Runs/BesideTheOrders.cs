using System.Text.Json;

namespace Reconciler.Job;

/// <summary>
/// What belongs to no order's story, and what a full run looks at before it reads the orders: settlement files, rows of them that name no order,
/// and the pieces of each sku.
/// </summary>
sealed class BesideTheOrders(SettlementFetch settlements, LateSettlements late, Ledgers ledgers, LedgerSettings reading, ReconciliationSettings settings)
{
    const string AddUp = "The level of each sku adds up, and is what its receipts and its orders come to.";

    /// <summary>A file is taken in once, whoever asks. One finding more than may be is enough for the comparison to stop the run.</summary>
    public async Task<List<Finding>> Find(CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await foreach (var intake in settlements.TakeDue(cancel))
            if (intake.Finding is { } refused)
                findings.Add(refused);
        await foreach (var missing in late.Find(cancel))
            findings.Add(missing);
        await foreach (var row in ledgers.Settlement.Nameless(since: null, cancel).Take(settings.MostFindings + 1))
            findings.Add(Rules.CheckNameless(row));
        await foreach (var sku in new StockBalances(ledgers.Stock.Database, reading).Read(cancel: cancel))
            if (sku.Drift > 0 && findings.Count <= settings.MostFindings)
                findings.Add(Drifts(sku));
        return findings;
    }

    static Finding Drifts(SkuBalance sku) => new(
        Classes.StockLevelDiffers, Severity.High, null, sku.Sku, AddUp, JsonSerializer.Serialize(sku, JsonSerializerOptions.Web), Remedy.Case, 0, null);
}
