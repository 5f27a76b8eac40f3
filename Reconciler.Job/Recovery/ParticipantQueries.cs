using Orders.Model.Participants;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>A branch in its participant's answer; the fields of both participants that recovery needs.</summary>
sealed record BranchView(
    Guid OrderId, string State, string? Reason = null, IReadOnlyList<RejectedLine>? Rejected = null, string? Url = null, DateTime? ExpiresAt = null,
    IReadOnlyList<AttemptView>? Attempts = null);

/// <summary>An operation of the payment branch at the gateway, and why it has no answer.</summary>
sealed record AttemptView(string Operation, string State, string? Error = null);

sealed record BranchList(IReadOnlyList<BranchView> Items);

/// <summary>One participant's answer about some orders.</summary>
/// <param name="UnavailableReason">Reason for a missing answer; null if it answered.</param>
/// <param name="Branches">By order id; orders without a branch are left out.</param>
sealed record BranchStatus(string? UnavailableReason, IReadOnlyDictionary<Guid, BranchView> Branches)
{
    public BranchView? Of(Guid order) => Branches.GetValueOrDefault(order);
}

/// <summary>Queries the participants about their branches. An unavailable participant is a valid result, never an error.</summary>
sealed class ParticipantQueries(OrderParticipants participants)
{
    /// <summary>Maximum number of orders in one call.</summary>
    public const int MaxOrders = 100;

    /// <summary>Queries each participant about the orders that wait for it, or about all if <paramref name="all"/>.</summary>
    public async Task<(BranchStatus Stock, BranchStatus Payment)> Query(IReadOnlyCollection<StalledOrder> orders, bool all, CancellationToken cancel)
    {
        var stock = Query(participants.Stock, orders.Where(order => all || order.StockCommand is not null), cancel);
        var payment = Query(participants.Payment, orders.Where(order => all || order.PaymentCommand is not null), cancel);
        return (await stock, await payment);
    }

    static async Task<BranchStatus> Query(ParticipantClient participant, IEnumerable<StalledOrder> orders, CancellationToken cancel)
    {
        var ids = string.Join(',', orders.Select(order => order.Id));
        if (ids.Length == 0)
            return new BranchStatus(null, new Dictionary<Guid, BranchView>());
        var (list, unavailableReason) = await participant.Query<BranchList>($"?orderIds={ids}", cancel);
        return new BranchStatus(unavailableReason, (list?.Items ?? []).ToDictionary(branch => branch.OrderId));
    }
}
