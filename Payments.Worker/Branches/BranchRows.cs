using MassTransit;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Payments;

/// <summary>
/// The rows of one transaction, tracked by its DbContext. Code looks only here, never in the database: a requested order that is missing
/// here has no branch yet.
/// </summary>
sealed class BranchRows(PaymentsDb db)
{
    readonly HashSet<Guid> loadedIds = [];
    readonly Dictionary<Guid, PaymentBranch> branches = [];
    readonly Dictionary<string, PaymentAttempt> attempts = [];

    public IEnumerable<PaymentAttempt> Attempts => attempts.Values;

    public PaymentBranch? Branch(Guid orderId) => loadedIds.Contains(orderId) ? branches.GetValueOrDefault(orderId)
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
    /// Locks the branches in key order, then loads their attempts under those locks. A branch that does not exist cannot be locked: if two
    /// processes insert it, the second one's insert conflicts and its retry finds it.
    /// </summary>
    public Task Load(UnitOfWorkContext work, IEnumerable<Guid> orderIds) => Load(orderIds, work.Lock<PaymentBranch, Guid>);

    /// <summary>As <see cref="Load(UnitOfWorkContext,IEnumerable{Guid})"/>, but leaves out branches that another transaction has locked.</summary>
    public Task LoadUnlocked(UnitOfWorkContext work, IEnumerable<Guid> orderIds) => Load(orderIds, work.TryLock<PaymentBranch, Guid>);

    async Task Load(IEnumerable<Guid> orderIds, Func<IEnumerable<Guid>, Task<List<PaymentBranch>>> lockAll)
    {
        var wanted = orderIds.ToHashSet();
        loadedIds.UnionWith(wanted);
        foreach (var branch in await lockAll(wanted))
            branches.Add(branch.OrderId, branch);

        var found = branches.Keys.ToArray();
        foreach (var attempt in found.Length == 0 ? [] : await db.Attempts.Where(row => EF.Parameter(found).Contains(row.OrderId)).ToListAsync())
            attempts.Add(attempt.Key, attempt);
    }
}

/// <summary>Loads the rows of a batch: two statements; one if all orders are new.</summary>
sealed class BranchPreload(BranchRows rows) : IPreload
{
    public Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries) =>
        rows.Load(work, deliveries.Select(OrderId).OfType<Guid>());

    static Guid? OrderId(ConsumeContext delivery) =>
        delivery.TryGetMessage<TryAuthorizePayment>(out var authorize) ? authorize.Message.OrderId
        : delivery.TryGetMessage<ConfirmPayment>(out var confirm) ? confirm.Message.OrderId
        : delivery.TryGetMessage<CancelPayment>(out var cancel) ? cancel.Message.OrderId
        : null;
}
