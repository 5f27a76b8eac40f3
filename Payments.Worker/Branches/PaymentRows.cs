using MassTransit;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>The branches of one transaction with their attempts.</summary>
sealed class PaymentRows(PaymentsDb db) : BranchRows<PaymentBranch>(db)
{
    readonly PaymentsDb db = db;
    readonly Dictionary<Guid, List<PaymentAttempt>> attempts = [];

    public IEnumerable<PaymentAttempt> Attempts => attempts.Values.SelectMany(ofOrder => ofOrder);

    /// <summary>The order's authorizations: at most one at each of two gateways.</summary>
    public IEnumerable<PaymentAttempt> Authorizations(Guid orderId) => Of(orderId).Where(attempt => attempt.Operation == Operation.Authorize);

    public PaymentAttempt? Attempt(Guid orderId, Operation operation, string gateway) =>
        Of(orderId).Find(attempt => attempt.Operation == operation && attempt.Gateway == gateway);

    /// <summary>The operation at the gateway that the branch names.</summary>
    public PaymentAttempt? Attempt(PaymentBranch branch, Operation operation) => Attempt(branch.OrderId, operation, branch.Gateway);

    public bool IsDeclined(PaymentBranch? branch, Operation operation) => branch is not null && Attempt(branch, operation)?.State == AttemptState.Declined;

    public void Add(PaymentAttempt attempt)
    {
        db.Attempts.Add(attempt);
        AddToOrder(attempt);
    }

    public override Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries) =>
        Load(work, Commands<TryAuthorizePayment, ConfirmPayment, CancelPayment>(deliveries).Select(PaymentFence.Participant.OrderId));

    /// <summary>Locks the branches, then loads their attempts under those locks: two statements; one if all orders are new.</summary>
    public async Task Load(UnitOfWorkContext work, IEnumerable<Guid> orderIds, bool skipLocked = false)
    {
        await LoadBranches(work, orderIds, skipLocked);
        var found = Branches.Select(branch => branch.OrderId).ToArray();
        foreach (var attempt in found.Length == 0 ? [] : await db.Attempts.Where(row => EF.Parameter(found).Contains(row.OrderId)).ToListAsync())
            AddToOrder(attempt);
    }

    List<PaymentAttempt> Of(Guid orderId) => attempts.TryGetValue(orderId, out var found) ? found : [];

    void AddToOrder(PaymentAttempt attempt)
    {
        if (!attempts.TryGetValue(attempt.OrderId, out var ofOrder))
            attempts.Add(attempt.OrderId, ofOrder = []);
        ofOrder.Add(attempt);
    }
}
