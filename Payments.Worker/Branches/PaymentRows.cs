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
    readonly Dictionary<string, PaymentAttempt> attempts = [];

    public IEnumerable<PaymentAttempt> Attempts => attempts.Values;

    public PaymentAttempt? Attempt(Guid orderId, Operation operation) => attempts.GetValueOrDefault(PaymentAttempt.KeyOf(orderId, operation));

    public bool IsDeclined(Guid orderId, Operation operation) => Attempt(orderId, operation)?.State == AttemptState.Declined;

    public void Add(PaymentAttempt attempt)
    {
        db.Attempts.Add(attempt);
        attempts.Add(attempt.Key, attempt);
    }

    public override Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries) =>
        Load(work, Commands<TryAuthorizePayment, ConfirmPayment, CancelPayment>(deliveries).Select(PaymentFence.Participant.OrderId));

    /// <summary>Locks the branches, then loads their attempts under those locks: two statements; one if all orders are new.</summary>
    public async Task Load(UnitOfWorkContext work, IEnumerable<Guid> orderIds, bool skipLocked = false)
    {
        await LoadBranches(work, orderIds, skipLocked);
        var found = Branches.Select(branch => branch.OrderId).ToArray();
        foreach (var attempt in found.Length == 0 ? [] : await db.Attempts.Where(row => EF.Parameter(found).Contains(row.OrderId)).ToListAsync())
            attempts.Add(attempt.Key, attempt);
    }
}
