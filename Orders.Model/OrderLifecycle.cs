using System.Collections.Frozen;
using OrderSaga.Contracts;
using static Orders.Model.OrderStates;

namespace Orders.Model;

/// <summary>
/// The rules of each order state. A test compares them with the running state machine, cell by cell; docs/state-table.md shows the cells.
/// </summary>
public static class OrderLifecycle
{
    // Causes in the audit: the state machine's names of the events CancelOrder, CheckOrder, RetryOrder and AbandonOrder. The cause
    // "CancelOrder" is the request over HTTP, which is stored with the order before the saga acts on it.
    const string CancelRequested = "CancelRequested";
    const string CheckRequested = OrderAudit.RecoveryCause;
    const string RetryRequested = "RetryRequested";
    const string AbandonRequested = "AbandonRequested";

    /// <summary>In the sequence of the lifecycle; NeedsReview last.</summary>
    static readonly LifecycleRow[] Rows =
    [
        new(Reserving, StockCommand: nameof(TryReserveStock), IsUnpaid: true, Flow: OrderFlows.StockFirst),
        new(Trying, StockCommand: nameof(TryReserveStock), PaymentCommand: nameof(TryAuthorizePayment), IsUnpaid: true, Flow: OrderFlows.BothAtOnce),
        new(AwaitingPayment, PaymentCommand: nameof(TryAuthorizePayment), IsUnpaid: true, HoldsStock: true),
        new(AwaitingStock, StockCommand: nameof(TryReserveStock), IsUnpaid: true, HoldsPayment: true, Flow: OrderFlows.BothAtOnce),
        new(ConfirmingPayment, PaymentCommand: nameof(ConfirmPayment), HoldsStock: true, HoldsPayment: true),
        new(ConfirmingStock, StockCommand: nameof(ConfirmStock), HoldsStock: true, HoldsPayment: true),
        new(Cancelling, StockCommand: nameof(CancelStock), PaymentCommand: nameof(CancelPayment)),
        new(Completed, IsFinal: true, HoldsStock: true, HoldsPayment: true),
        new(Cancelled, IsFinal: true),
        new(NeedsReview),
    ];

    /// <summary>From a state, each of the causes may lead to each of the target states.</summary>
    static readonly (string From, string[] Causes, string[] To)[] Transitions =
    [
        ("", [nameof(SubmitOrder)], [Reserving, Trying]),
        (Reserving, [nameof(StockReserved)], [AwaitingPayment, Cancelling]),
        (Reserving, [nameof(StockRejected)], [Cancelled]),
        (Reserving, [nameof(CancelOrder)], [Reserving]),
        (Reserving, [CancelRequested], [Cancelling]),
        (Reserving, [CheckRequested], [Reserving, Cancelling, NeedsReview]),
        (Trying, [nameof(StockReserved)], [AwaitingPayment, Cancelling]),
        (Trying, [nameof(PaymentAuthorized)], [AwaitingStock, Cancelling]),
        (Trying, [nameof(PaymentPending)], [Trying, Cancelling]),
        (Trying, [nameof(CancelOrder)], [Trying]),
        (Trying, [nameof(StockRejected), nameof(PaymentDeclined), CancelRequested], [Cancelling]),
        (Trying, [CheckRequested], [Trying, Cancelling, NeedsReview]),
        (AwaitingStock, [nameof(StockReserved)], [ConfirmingPayment, Cancelling]),
        (AwaitingStock, [nameof(CancelOrder)], [AwaitingStock]),
        (AwaitingStock, [nameof(StockRejected), CancelRequested], [Cancelling]),
        (AwaitingStock, [CheckRequested], [AwaitingStock, Cancelling, NeedsReview]),
        (AwaitingPayment, [nameof(PaymentAuthorized)], [ConfirmingPayment, Cancelling]),
        (AwaitingPayment, [nameof(PaymentPending)], [AwaitingPayment, Cancelling]),
        (AwaitingPayment, [nameof(CancelOrder)], [AwaitingPayment]),
        (AwaitingPayment, [nameof(PaymentDeclined), CancelRequested], [Cancelling]),
        (AwaitingPayment, [CheckRequested], [AwaitingPayment, Cancelling, NeedsReview]),
        (ConfirmingPayment, [nameof(PaymentConfirmed)], [ConfirmingStock]),
        (ConfirmingPayment, [nameof(PaymentRefused)], [Cancelling]),
        (ConfirmingPayment, [CheckRequested], [ConfirmingPayment, NeedsReview]),
        (ConfirmingStock, [nameof(StockConfirmed)], [Completed]),
        (ConfirmingStock, [CheckRequested], [ConfirmingStock, NeedsReview]),
        (Cancelling, [nameof(StockCancelled), nameof(PaymentCancelled)], [Cancelling, Cancelled]),
        (Cancelling, [CheckRequested], [Cancelling, NeedsReview]),
        // Late answers: a Cancel is sent.
        (Cancelled, [nameof(StockReserved), nameof(StockConfirmed)], [Cancelled]),
        (Cancelled, [nameof(PaymentAuthorized), nameof(PaymentPending), nameof(PaymentConfirmed)], [Cancelled]),
        // The missing answer resumes the order in its previous state.
        (NeedsReview, [nameof(StockReserved), nameof(StockRejected)], [Reserving, Trying, AwaitingStock]),
        (NeedsReview, [nameof(PaymentAuthorized), nameof(PaymentPending), nameof(PaymentDeclined)], [Trying, AwaitingPayment]),
        (NeedsReview, [nameof(PaymentConfirmed), nameof(PaymentRefused)], [ConfirmingPayment]),
        (NeedsReview, [nameof(StockConfirmed)], [ConfirmingStock]),
        (NeedsReview, [nameof(StockCancelled), nameof(PaymentCancelled), AbandonRequested, CheckRequested], [Cancelling]),
        (NeedsReview, [RetryRequested], [Reserving, Trying, AwaitingPayment, AwaitingStock, ConfirmingPayment, ConfirmingStock, Cancelling]),
    ];

    static readonly FrozenDictionary<string, LifecycleRow> ByState = Rows.ToFrozenDictionary(row => row.State, StringComparer.Ordinal);
    static readonly LifecycleRow Unknown = new("");

    public static IReadOnlyList<string> States { get; } = [.. Rows.Select(row => row.State)];

    /// <summary>The legal steps, with the causes of their audit rows. The first step starts in the empty state.</summary>
    public static FrozenSet<(string From, string Cause, string To)> Steps { get; } =
        Transitions.SelectMany(row => from cause in row.Causes from to in row.To select (row.From, cause, to)).ToFrozenSet();

    /// <summary>True if the step is legal.</summary>
    public static bool HasStep(string from, string cause, string to) => Steps.Contains((from, cause, to));

    /// <summary>The state's row. For an unknown state every property is false or null.</summary>
    public static LifecycleRow Of(string? state) => state is not null && ByState.TryGetValue(state, out var row) ? row : Unknown;
}

/// <summary>What is true of every order in a state.</summary>
/// <param name="State">One of <see cref="OrderStates"/>.</param>
/// <param name="StockCommand">The command to stock that recovery repeats until the answer arrives; null: the order does not wait for stock.</param>
/// <param name="PaymentCommand">As <paramref name="StockCommand"/>, for payment.</param>
/// <param name="IsUnpaid">No capture was requested yet: the time to pay is running, and the merchant may cancel.</param>
/// <param name="HoldsStock">The stock is held or sold.</param>
/// <param name="HoldsPayment">The payment is authorized or captured.</param>
/// <param name="IsFinal">No step leads to another state.</param>
/// <param name="Flow">Only orders of this flow reach the state; null: of every flow.</param>
public sealed record LifecycleRow(
    string State, string? StockCommand = null, string? PaymentCommand = null, bool IsUnpaid = false, bool HoldsStock = false, bool HoldsPayment = false,
    bool IsFinal = false, string? Flow = null)
{
    /// <summary>No command is repeated in this state: the order is final, or waits for an operator.</summary>
    public bool IsFinalOrInReview => IsFinal || State == NeedsReview;
}
