using MassTransit;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Participants;

/// <summary>
/// The branches of one transaction, tracked by its DbContext and loaded before its handlers run. Handlers read branches only here, never
/// from the database. If a loaded id has no row here, the order has no branch yet. With skipLocked, its branch may instead be locked by
/// another transaction.
/// </summary>
public abstract class BranchRows<TBranch>(ServiceDb db) : IPreload where TBranch : BranchRow
{
    readonly HashSet<Guid> loadedIds = [];
    readonly Dictionary<Guid, TBranch> branches = [];

    public IReadOnlyCollection<TBranch> Branches => branches.Values;

    public TBranch? Branch(Guid orderId) => loadedIds.Contains(orderId) ? branches.GetValueOrDefault(orderId)
        : throw new InvalidOperationException($"The branch of order {orderId} was not loaded with its batch.");

    public void Add(TBranch branch)
    {
        db.Add(branch);
        branches.Add(branch.OrderId, branch);
    }

    /// <summary>Loads what the commands of a batch need.</summary>
    public abstract Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries);

    /// <summary>The participant's commands among the deliveries.</summary>
    protected static List<object> Commands<TTry, TConfirm, TCancel>(IReadOnlyList<ConsumeContext> deliveries)
        where TTry : class where TConfirm : class where TCancel : class =>
        [.. deliveries.Select(delivery => Message<TTry>(delivery) ?? Message<TConfirm>(delivery) ?? Message<TCancel>(delivery)).OfType<object>()];

    /// <summary>
    /// Locks the branches in key order, so that batches in two processes wait for each other instead of deadlocking. A branch that does not
    /// exist cannot be locked: if two processes insert it, the second insert conflicts, and its retry finds the row.
    /// </summary>
    /// <param name="work">The transaction.</param>
    /// <param name="orderIds">The orders.</param>
    /// <param name="skipLocked">Leaves out branches that another transaction has locked.</param>
    protected async Task LoadBranches(UnitOfWorkContext work, IEnumerable<Guid> orderIds, bool skipLocked = false)
    {
        var wanted = orderIds.ToHashSet();
        loadedIds.UnionWith(wanted);
        foreach (var branch in skipLocked ? await work.TryLock<TBranch, Guid>(wanted) : await work.Lock<TBranch, Guid>(wanted))
            branches.Add(branch.OrderId, branch);
    }

    static object? Message<T>(ConsumeContext delivery) where T : class => delivery.TryGetMessage<T>(out var found) ? found.Message : null;
}
