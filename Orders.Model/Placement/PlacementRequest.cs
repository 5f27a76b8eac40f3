using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>An order that somebody wants to place, checked by <see cref="OrderRules"/>, and what became of it.</summary>
public sealed class PlacementRequest
{
    volatile bool givenUp;

    /// <exception cref="Problem">400: the key or the body breaks a rule.</exception>
    /// <param name="merchant">Whose order it is.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="formerKey">Another spelling of the key, under which an earlier version may have placed it.</param>
    public PlacementRequest(string merchant, string? key, OrderRequest order, string? formerKey = null)
    {
        if (!FieldRules.IsMerchant(merchant))
            throw new Problem(400, "invalid-merchant", "The merchant is not valid.", $"Give the merchant's name: {ApiKeys.MerchantRule}.");
        if (OrderRules.WrongKey(key) is { } wrong)
            throw new Problem(400, KeyProblem(key), "The idempotency key is missing or not valid.", wrong);
        if (OrderRules.Check(order) is { Count: > 0 } errors)
            throw new Problem(400, "invalid-order", "The order breaks a rule.", $"{errors[0].Pointer}: {errors[0].Detail} Nothing was placed.")
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

    /// <summary>Of the idempotency record.</summary>
    internal string Id { get; }

    /// <summary>Of the records that may hold its answer.</summary>
    internal string[] Ids { get; }

    internal string Hash { get; }

    /// <summary>The caller's trace goes on in the messages that its order sends.</summary>
    internal Activity? Activity { get; } = Activity.Current;

    internal Placed? Placed { get; set; }
    internal ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>Its caller has been answered that it was not placed in time.</summary>
    public bool GivenUp => givenUp;

    /// <summary>The outcome, once the transaction has committed.</summary>
    /// <exception cref="Problem">422: the key was used for another order, a sku is unknown, ...</exception>
    public Placed Outcome()
    {
        Failure?.Throw();
        return Placed ?? throw new InvalidOperationException("The order was not handled.");
    }

    static string KeyProblem(string? key) => string.IsNullOrEmpty(key) ? "idempotency-key-missing" : "idempotency-key-invalid";

    public void GiveUp() => givenUp = true;

    /// <summary>It was not placed, and this is why.</summary>
    public void Fail(Exception failure) => (Placed, Failure) = (null, ExceptionDispatchInfo.Capture(failure));
}

/// <summary>An order stands under this key.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Answer">The stored answer's body.</param>
/// <param name="Replayed">It had been placed before.</param>
public sealed record Placed(Guid OrderId, int Status, byte[] Answer, bool Replayed);
