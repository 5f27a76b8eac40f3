using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Rates;

namespace Orders.Model.Placement;

/// <summary>A checked request to place an order, and its result.</summary>
public sealed class PlacementRequest
{
    const int Waiting = 0;
    const int InTransaction = 1;
    const int GivenUp = 2;

    PlacementResult? result;
    ExceptionDispatchInfo? failure;
    int progress = Waiting;

    /// <exception cref="Problem">400: the key or the body breaks a rule.</exception>
    /// <param name="merchant">Owner of the order.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="order">The order.</param>
    /// <param name="formerKey">Another spelling of the key, which an earlier version may have stored.</param>
    public PlacementRequest(string merchant, string? key, OrderRequest order, string? formerKey = null)
    {
        if (!FieldRules.IsMerchant(merchant))
            throw new Problem(ProblemTypes.InvalidMerchant, $"Use a valid merchant name: {ApiKeys.MerchantRule}.");
        if (!FieldRules.IsIdempotencyKey(key))
            throw new Problem(ProblemTypes.InvalidIdempotencyKey, string.IsNullOrEmpty(key)
                ? "Choose a new key for each order, e.g. a UUID, and send the same key when you repeat the request."
                : $"The key must be 1 to {FieldRules.MaxIdempotencyKeyLength} printable ASCII characters without a space at either end.");
        if (order.Check() is { Count: > 0 } errors)
            throw new Problem(ProblemTypes.InvalidOrder, $"{errors[0].Pointer}: {errors[0].Detail} Nothing was placed.")
            {
                Errors = errors,
            };

        (Merchant, Key, Order) = (merchant, key!, order);
        Id = IdempotencyRecord.IdOf(merchant, Key);
        Ids = formerKey is null ? [Id] : [Id, IdempotencyRecord.IdOf(merchant, formerKey)];
        Hash = order.Hash();
    }

    public string Merchant { get; }
    public string Key { get; }
    public OrderRequest Order { get; }

    /// <summary>Who places the order, for the audit: a batch has the orders of many callers.</summary>
    public string? Actor { get; init; }

    /// <summary>Roles of the caller's API key; none over the bus.</summary>
    public IReadOnlyList<string> KeyRoles { get; init; } = [];

    /// <summary>What a new order takes from the rates of its caller; null: none is set, or the order came over the bus.</summary>
    public RateCharge? Charge { get; init; }

    /// <summary>Id of the idempotency record.</summary>
    internal string Id { get; }

    /// <summary>Ids of the records that may hold the answer.</summary>
    public string[] Ids { get; }

    internal string Hash { get; }

    /// <summary>Span of the caller; the order's messages continue its trace.</summary>
    internal Activity? Activity { get; } = Activity.Current;

    /// <summary>Its transaction begins; false if its caller was answered already.</summary>
    public bool Begin() => Interlocked.CompareExchange(ref progress, InTransaction, Waiting) == Waiting;

    /// <summary>Its transaction was rolled back; another one may follow.</summary>
    public void RollBack() => Interlocked.CompareExchange(ref progress, Waiting, InTransaction);

    /// <summary>True: nothing is placed, and never will be. False: a transaction may be placing it.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref progress, GivenUp, Waiting) == Waiting;

    /// <summary>No further transaction places it; the current one may.</summary>
    public void GiveUp() => Interlocked.Exchange(ref progress, GivenUp);

    /// <summary>Valid after the commit; throws the technical failure that prevented it.</summary>
    public PlacementResult Result()
    {
        failure?.Throw();
        return result ?? throw new InvalidOperationException("The placement was not handled.");
    }

    internal void Set(PlacementResult value) => (result, failure) = (value, null);

    /// <summary>Records why the request could not be handled.</summary>
    public void Fail(Exception exception) => (result, failure) = (null, ExceptionDispatchInfo.Capture(exception));
}

/// <summary>The result of a request to place an order.</summary>
public abstract record PlacementResult;

/// <summary>The order is placed.</summary>
/// <param name="OrderId">Id of the order.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Answer">Body of the stored answer.</param>
/// <param name="Replayed">True if an earlier request placed it.</param>
/// <param name="Lane">The lane of a new order.</param>
public sealed record Placed(Guid OrderId, int Status, byte[] Answer, bool Replayed, string Lane = OrderLanes.Main) : PlacementResult;

/// <summary>No order is placed: the request breaks a rule, the key was used for another order, a limit is reached, ...</summary>
/// <param name="Problem">What is wrong and what to do.</param>
public sealed record Refused(Problem Problem) : PlacementResult;
