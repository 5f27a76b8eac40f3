using Orders.Model.Participants;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>A branch as its participant tells of it; of both participants' answers, what assurance needs.</summary>
sealed record BranchView(
    Guid OrderId, string State, string? Reason = null, IReadOnlyList<RejectedLine>? Rejected = null, string? Url = null, DateTime? ExpiresAt = null,
    IReadOnlyList<AttemptView>? Attempts = null);

/// <summary>What the payment branch asked of the gateway, and why that has no answer.</summary>
sealed record AttemptView(string Operation, string State, string? Error = null);

sealed record BranchList(IReadOnlyList<BranchView> Items);

/// <summary>What one participant says of some orders.</summary>
/// <param name="Silence">Why it says nothing, if it does not.</param>
/// <param name="Branches">An order that has no branch is not there.</param>
sealed record Testimony(string? Silence, IReadOnlyDictionary<Guid, BranchView> Branches)
{
    public BranchView? Of(Guid order) => Branches.GetValueOrDefault(order);
}

/// <summary>Asks the participants what they did. That one does not answer is an answer too: nothing in assurance depends on it.</summary>
sealed class Inquiry(OrderParticipants participants)
{
    /// <summary>As many as one call may ask for.</summary>
    public const int MostOrders = 100;

    /// <summary>Each participant about the orders that wait for it, or about <paramref name="all"/>.</summary>
    public async Task<(Testimony Stock, Testimony Payment)> Ask(IReadOnlyCollection<StuckOrder> orders, bool all, CancellationToken cancel)
    {
        var stock = Ask(participants.Stock, orders.Where(order => all || order.WaitsForStock), cancel);
        var payment = Ask(participants.Payment, orders.Where(order => all || order.WaitsForPayment), cancel);
        return (await stock, await payment);
    }

    static async Task<Testimony> Ask(Participant participant, IEnumerable<StuckOrder> orders, CancellationToken cancel)
    {
        var ids = string.Join(',', orders.Select(order => order.Id));
        if (ids.Length == 0)
            return new Testimony(null, new Dictionary<Guid, BranchView>());
        var (list, silence) = await participant.Ask<BranchList>($"?orderIds={ids}", cancel);
        return new Testimony(silence, (list?.Items ?? []).ToDictionary(branch => branch.OrderId));
    }
}
