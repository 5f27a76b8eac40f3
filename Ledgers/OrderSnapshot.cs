using System.Text.Json.Serialization;
using Orders.Model;
using static OrderSaga.Ledgers.BranchStates;

namespace OrderSaga.Ledgers;

/// <summary>One order in the four ledgers, with the properties used by the rules.</summary>
public sealed record OrderSnapshot(Guid OrderId, OrderEntry? Order, StockEntry? Stock, PaymentEntry? Payment, IReadOnlyList<SettlementRow> Settled)
{
    public string StockState => Stock?.State ?? Absent;
    public string PaymentState => Payment?.State ?? Absent;

    /// <summary>The orders' ledger has the order.</summary>
    public bool Known => Order is not null;
    public bool Completed => OrderIs(OrderStates.Completed);
    public bool Cancelled => OrderIs(OrderStates.Cancelled);

    /// <summary>The rules of the order's state.</summary>
    [JsonIgnore]
    public LifecycleRow Lifecycle => OrderLifecycle.Of(Order?.State);

    /// <summary>The order is not final; includes orders in review.</summary>
    public bool IsInProgress => Known && !Lifecycle.IsFinal;

    public bool OrderIs(string state) => Order?.State == state;

    /// <summary>The stock is sold.</summary>
    public bool Sold => StockState == Confirmed;

    /// <summary>The payment is captured, according to the payment branch.</summary>
    public bool Paid => PaymentState == Confirmed;

    /// <summary>
    /// The gateway has an authorization, or a payment page that the customer can still use. Nothing is captured. False while an answer of the
    /// gateway is unknown (<see cref="AwaitsGateway"/>).
    /// </summary>
    public bool IsOpenAtGateway => PaymentState is Tried or Pending or CaptureRefused;

    /// <summary>The branch waits for the gateway's answer.</summary>
    public bool AwaitsGateway => PaymentState is Trying or Confirming or Cancelling;

    /// <summary>A refund was requested; its answer may still be missing.</summary>
    public bool Refunded => Attempt(GatewayOperations.Refund) is not null;

    /// <summary>The operation at the gateway that the branch names.</summary>
    public AttemptEntry? Attempt(string operation)
    {
        foreach (var attempt in Payment?.Attempts ?? [])
            if (attempt.Operation == operation && attempt.Gateway == Payment!.Gateway)
                return attempt;
        return null;
    }

    /// <summary>False for a Cancel without a Try, whose row holds nothing.</summary>
    public bool StockWasTried => Stock is { } stock && !(stock.State == BranchStates.Cancelled && stock.Lines.Count == 0);

    public bool PaymentWasTried => Payment is { Amount: > 0 };

    /// <summary>Amount of the order in minor units, from any ledger that has it.</summary>
    public long Worth => Payment is { Amount: > 0 } payment ? payment.Amount : Order?.Total ?? (Settled.Count > 0 ? Math.Abs(Settled[0].Amount) : 0);

    public string? Currency =>
        Payment is { Currency.Length: > 0 } payment ? payment.Currency : Order?.Currency ?? (Settled.Count > 0 ? Settled[0].Currency : null);
}
