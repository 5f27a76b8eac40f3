using Orders.Model;
using static Reconciler.Job.BranchStates;

namespace Reconciler.Job;

/// <summary>All that the four ledgers know of one order, and what the rules ask of it.</summary>
sealed record Story(Guid OrderId, OrderEntry? Order, StockEntry? Stock, PaymentEntry? Payment, IReadOnlyList<SettlementRow> Settled)
{
    public string StockState => Stock?.State ?? Absent;
    public string PaymentState => Payment?.State ?? Absent;

    public bool Known => Order is not null;
    public bool Completed => Order?.State == States.Completed;
    public bool Cancelled => Order?.State == States.Cancelled;

    /// <summary>The order has not ended; this includes one that a person must look at.</summary>
    public bool Unended => Known && !Completed && !Cancelled;

    public bool OrderIs(string state, string? or = null, string? orElse = null) => Order?.State is { } is_ && (is_ == state || is_ == or || is_ == orElse);

    /// <summary>Goods are sold.</summary>
    public bool Sold => StockState == Confirmed;

    /// <summary>Money is captured, as the payment branch says.</summary>
    public bool Paid => PaymentState == Confirmed;

    /// <summary>An authorization stands or may yet come to stand; nothing is captured.</summary>
    public bool Authorized => PaymentState is Tried or Pending or CaptureRefused;

    /// <summary>The gateway has been asked for something, and the branch waits for its answer.</summary>
    public bool AwaitsGateway => PaymentState is Trying or Confirming or Cancelling;

    /// <summary>The branch began to give captured money back.</summary>
    public bool Refunded => Attempt(GatewayWords.Refund) is not null;

    public AttemptEntry? Attempt(string operation)
    {
        foreach (var attempt in Payment?.Attempts ?? [])
            if (attempt.Operation == operation)
                return attempt;
        return null;
    }

    /// <summary>A Cancel without a Try leaves a row that holds nothing and knows nothing.</summary>
    public bool StockWasTried => Stock is { } stock && !(stock.State == BranchStates.Cancelled && stock.Lines.Count == 0);

    public bool PaymentWasTried => Payment is { Amount: > 0 };

    /// <summary>Minor units that the order is about, by whichever ledger knows it.</summary>
    public long Worth => Payment is { Amount: > 0 } payment ? payment.Amount : Order?.Total ?? (Settled.Count > 0 ? Math.Abs(Settled[0].Amount) : 0);

    public string? Currency =>
        Payment is { Currency.Length: > 0 } payment ? payment.Currency : Order?.Currency ?? (Settled.Count > 0 ? Settled[0].Currency : null);
}
