using Orders.Model;

namespace Reconciler.Job;

/// <summary>
/// Reads one order in all ledgers now and applies the rules again. Actions depend on the result, so it reads primaries, never replicas.
/// </summary>
sealed class RepairVerification(PrimaryLedgers books, RuleTermsSource terms)
{
    /// <summary>Returns the order, and whether the rules find the same discrepancy; for one in review, whether it still is.</summary>
    public async Task<(OrderSnapshot Snapshot, bool Same)> Verify(Guid order, string @class, string? subject)
    {
        var snapshot = await books.Merge.ReadOne(order);
        return (snapshot, @class == ReviewCases.Class
            ? snapshot.OrderIs(OrderStates.NeedsReview)
            : Rules.Check(snapshot, await terms.Read()).Any(finding => finding.Class == @class && finding.Subject == subject));
    }
}
