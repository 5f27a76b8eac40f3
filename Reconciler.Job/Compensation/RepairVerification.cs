using Orders.Model;

namespace Reconciler.Job;

/// <summary>
/// Reads one order in all ledgers now and applies the rules again. Actions depend on the result, so it reads primaries, never replicas.
/// </summary>
sealed class RepairVerification(PrimaryLedgers primaries, SettlementTermsSource terms)
{
    /// <summary>
    /// Returns the order, and whether the difference still exists. For a case of an order in review: whether it is still in review.
    /// </summary>
    public async Task<(OrderSnapshot Snapshot, bool Same)> Verify(Guid order, string @class, string? subject)
    {
        var snapshot = await primaries.Merge.ReadOne(order);
        return (snapshot, @class == Classes.OrderNeedsReview
            ? snapshot.OrderIs(OrderStates.NeedsReview)
            : Rules.Check(snapshot, await terms.Read()).Any(finding => finding.Class == @class && finding.Subject == subject));
    }
}
