using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>A request to place an order, checked by <see cref="OrderRules"/>, and its outcome.</summary>
public sealed class PlacementRequest
{
    volatile bool givenUp;

    /// <exception cref="Problem">400: the key or the body breaks a rule.</exception>
    /// <param name="merchant">Owner of the order.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="order">The order.</param>
    /// <param name="formerKey">Another spelling of the key, which an earlier version may have stored.</param>
    public PlacementRequest(string merchant, string? key, OrderRequest order, string? formerKey = null)
    {
        if (!FieldRules.IsMerchant(merchant))
            throw new Problem(ProblemTypes.InvalidMerchant, $"Use a valid merchant name: {ApiKeys.MerchantRule}.");
        if (OrderRules.CheckKey(key) is { } wrong)
            throw new Problem(ProblemTypes.InvalidIdempotencyKey, wrong);
        if (OrderRules.Check(order) is { Count: > 0 } errors)
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

    /// <summary>Id of the idempotency record.</summary>
    internal string Id { get; }

    /// <summary>Ids of the records that may hold the answer.</summary>
    internal string[] Ids { get; }

    internal string Hash { get; }

    /// <summary>Span of the caller; the order's messages continue its trace.</summary>
    internal Activity? Activity { get; } = Activity.Current;

    internal Placed? Placed { get; set; }
    internal ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>The caller was answered that the order was not placed in time.</summary>
    public bool GivenUp => givenUp;

    /// <summary>The outcome; valid after the commit.</summary>
    /// <exception cref="Problem">422: the key was used for another order, a sku is unknown, ...</exception>
    public Placed Outcome()
    {
        Failure?.Throw();
        return Placed ?? throw new InvalidOperationException("The placement was not handled.");
    }

    public void GiveUp() => givenUp = true;

    /// <summary>Records why the order was not placed.</summary>
    public void Fail(Exception failure) => (Placed, Failure) = (null, ExceptionDispatchInfo.Capture(failure));
}

/// <summary>A placed order.</summary>
/// <param name="OrderId">Id of the order.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Answer">Body of the stored answer.</param>
/// <param name="Replayed">True if an earlier request placed it.</param>
public sealed record Placed(Guid OrderId, int Status, byte[] Answer, bool Replayed);
