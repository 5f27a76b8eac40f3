using MassTransit;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Payments;

/// <summary>
/// The rows that one transaction works on, tracked by its DbContext. Code looks here only, never in the database: an order
/// that was asked for and is not here has no branch yet, or got it from an earlier message of the batch.
/// </summary>
sealed class BranchRows(PaymentsDb db)
{
    readonly HashSet<Guid> asked = [];
    readonly Dictionary<Guid, PaymentBranch> branches = [];
    readonly Dictionary<string, PaymentAttempt> attempts = [];

    public IEnumerable<PaymentAttempt> Attempts => attempts.Values;

    public PaymentBranch? Branch(Guid orderId) => asked.Contains(orderId) ? branches.GetValueOrDefault(orderId)
        : throw new InvalidOperationException($"The payment branch of order {orderId} was not loaded with its batch.");

    public PaymentAttempt? Attempt(Guid orderId, Operation operation) => attempts.GetValueOrDefault(PaymentAttempt.KeyOf(orderId, operation));

    public void Add(PaymentBranch branch)
    {
        db.Branches.Add(branch);
        branches.Add(branch.OrderId, branch);
    }

    public void Add(PaymentAttempt attempt)
    {
        db.Attempts.Add(attempt);
        attempts.Add(attempt.Key, attempt);
    }

    /// <summary>
    /// The branches locked in key order, and then, under those locks, their attempts. A branch that does not exist cannot be
    /// locked: two processes that both insert it meet at its primary key, and the one that loses runs again and finds it.
    /// </summary>
    public Task Load(Work work, IEnumerable<Guid> orderIds) => Load(orderIds, work.Lock<PaymentBranch, Guid>);

    /// <summary>As <see cref="Load(Work,IEnumerable{Guid})"/>, but branches that another transaction has locked are not waited for, and not here.</summary>
    public Task LoadUnlocked(Work work, IEnumerable<Guid> orderIds) => Load(orderIds, work.TryLock<PaymentBranch, Guid>);

    async Task Load(IEnumerable<Guid> orderIds, Func<IEnumerable<Guid>, Task<List<PaymentBranch>>> lockAll)
    {
        var wanted = orderIds.ToHashSet();
        asked.UnionWith(wanted);
        foreach (var branch in await lockAll(wanted))
            branches.Add(branch.OrderId, branch);

        var found = branches.Keys.ToArray();
        foreach (var attempt in found.Length == 0 ? [] : await db.Attempts.Where(row => EF.Parameter(found).Contains(row.OrderId)).ToListAsync())
            attempts.Add(attempt.Key, attempt);
    }
}

/// <summary>Two statements for all deliveries of a batch; one when every order is new.</summary>
sealed class BranchPreload(BranchRows rows) : IPreload
{
    public Task Load(Work work, IReadOnlyList<ConsumeContext> deliveries) =>
        rows.Load(work, deliveries.Select(OrderId).OfType<Guid>());

    static Guid? OrderId(ConsumeContext delivery) =>
        delivery.TryGetMessage<TryAuthorizePayment>(out var authorize) ? authorize.Message.OrderId
        : delivery.TryGetMessage<ConfirmPayment>(out var confirm) ? confirm.Message.OrderId
        : delivery.TryGetMessage<CancelPayment>(out var cancel) ? cancel.Message.OrderId
        : null;
}
