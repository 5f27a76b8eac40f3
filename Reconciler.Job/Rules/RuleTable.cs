using Orders.Model;
using static OrderSaga.Ledgers.BranchStates;
using static Reconciler.Job.Classes;
using static Reconciler.Job.Area;
using static Reconciler.Job.Remedy;
using static Reconciler.Job.Severity;

namespace Reconciler.Job;

/// <summary>
/// The rules, highest precedence first. The text says what must be true; the condition is true for an order that breaks it. The first broken
/// rule of an area hides the later ones, so the rule of a cause stands before those of its consequences. docs/findings.md is generated from
/// this table. A rule has a repair only if the order is final or does not exist and the participant's rule makes the command safe; any other
/// finding becomes a case. Do not change the text of a rule: it is part of the fingerprint of accepted differences.
/// </summary>
static class RuleTable
{
    /// <summary>Unknown order: nothing may be held or taken for it.</summary>
    static readonly Rule[] Orphans =
    [
        new(OrphanHold, Medium, CancelStock, Stock, "A hold belongs to an order.", (s, _) => !s.Known && s.StockState == Tried),
        new(OrphanHold, High, Case, Stock, "Sold stock belongs to an order.", (s, _) => !s.Known && s.Sold),
        new(OrphanPayment, High, CancelPayment, Payment, "An authorization belongs to an order.",
            (s, _) => !s.Known && (s.IsOpenAtGateway || s.PaymentState == Trying)),
        // Confirming and Cancelling count as captured: the gateway may already have captured.
        new(OrphanPayment, Critical, Case, Payment, "Captured money belongs to an order.",
            (s, _) => !s.Known && (s.Paid || s.PaymentState is Confirming or Cancelling)),
    ];

    /// <summary>The order contradicts both participants.</summary>
    static readonly Rule[] AgainstBoth =
    [
        new(OrderDiffersFromBoth, Critical, Case, Stock | Payment, "A completed order has at least its stock sold or its payment captured.",
            (s, _) => s.Completed && !s.Sold && !s.Paid),
        new(OrderDiffersFromBoth, Critical, Case, Stock | Payment, "An order with sold stock and a captured payment is completed.",
            (s, _) => s.Sold && s.Paid && (s.Cancelled || (s.IsInProgress && !s.OrderIs(OrderStates.ConfirmingStock) && !s.OrderIs(OrderStates.NeedsReview)))),
    ];

    /// <summary>One participant has no row.</summary>
    static readonly Rule[] MissingBranch =
    [
        new(OrderWithoutHold, High, Case, Stock, "An order whose stock was held has a stock branch.",
            (s, _) => s.StockState == Absent && s.Lifecycle.HoldsStock),
        new(OrderWithoutPayment, Critical, Case, Payment | Settlement, "An order whose payment was authorized has a payment branch.",
            (s, _) => s.PaymentState == Absent && s.Lifecycle.HoldsPayment),
    ];

    /// <summary>Completed orders: stock sold, payment captured.</summary>
    static readonly Rule[] OfCompleted =
    [
        // This rule need not test Paid: a completed order without a captured payment and without sold stock breaks the first rule of AgainstBoth,
        // which hides this one.
        new(MoneyWithoutStock, Critical, Case, Stock, "A completed order with a captured payment has its stock sold.",
            (s, _) => s.Completed && s.StockState is Refused or BranchStates.Cancelled),
        new(OrderStockDiffer, Medium, ConfirmStock, Stock, "The stock of a completed order is sold, not only held.",
            (s, _) => s.Completed && s.StockState == Tried),
        new(RefundWithoutReason, High, Case, Payment | Settlement, "The payment of a completed order is not refunded.",
            (s, _) => s.Completed && s.Refunded),
        new(StockWithoutMoney, Critical, Case, Payment, "A completed order with sold stock has its payment captured.",
            (s, _) => s.Completed && s.PaymentState is Refused or BranchStates.Cancelled),
        new(OrderPaymentDiffer, High, ConfirmPayment, Payment, "The payment of a completed order is captured, not only authorized.",
            (s, _) => s.Completed && s.PaymentState == Tried),
        new(OrderPaymentDiffer, High, Case, Payment, "The payment of a completed order is in a final state.",
            (s, _) => s.Completed && !s.Paid),
    ];

    /// <summary>Cancelled orders: nothing held, nothing taken.</summary>
    static readonly Rule[] OfCancelled =
    [
        new(OrderStockDiffer, Medium, CancelStock, Stock, "No stock is held for a cancelled order.", (s, _) => s.Cancelled && s.StockState == Tried),
        new(StockWithoutMoney, Critical, Case, Stock, "No stock of a cancelled order is sold.", (s, _) => s.Cancelled && s.Sold),
        new(CapturedButCancelled, Critical, CancelPayment, Payment, "No payment of a cancelled order is captured.", (s, _) => s.Cancelled && s.Paid),
        new(AuthorizedButCancelled, High, CancelPayment, Payment, "No payment of a cancelled order is authorized.",
            (s, _) => s.Cancelled && s.IsOpenAtGateway),
        new(OrderPaymentDiffer, High, CancelPayment, Payment, "The payment of a cancelled order is in a final state.",
            (s, _) => s.Cancelled && s.AwaitsGateway),
    ];

    /// <summary>
    /// Orders in progress: combinations of states that need an operator. A CancelStock or CancelPayment that is in transit for longer than
    /// <c>Reconciliation:WindowSeconds</c> can cause them too. They disappear when it is handled.
    /// </summary>
    static readonly Rule[] InProgress =
    [
        new(StockPaymentDiffer, High, Case, Stock | Payment, "Stock is sold only after its payment is captured.",
            (s, _) => s.IsInProgress && s.Sold && !s.Paid),
        new(OrderStockDiffer, High, Case, Stock, "An order that waits for its payment or its stock's sale has its stock held.",
            (s, _) => s.StockState is Refused or BranchStates.Cancelled && s.IsInProgress && s.Lifecycle.HoldsStock),
        new(OrderPaymentDiffer, High, Case, Payment, "An order in Reserving has requested no payment.",
            (s, _) => s.OrderIs(OrderStates.Reserving) && s.PaymentState is not (Absent or BranchStates.Cancelled)),
        new(OrderPaymentDiffer, High, Case, Payment, "A payment is captured only after the order has requested it.",
            (s, _) => s.PaymentState is Confirming or CaptureRefused or Confirmed
                && (s.OrderIs(OrderStates.Trying) || s.OrderIs(OrderStates.AwaitingPayment) || s.OrderIs(OrderStates.AwaitingStock))),
        new(OrderPaymentDiffer, High, Case, Payment, "The payment of an order that waits for its stock or its capture was authorized.",
            (s, _) => (s.OrderIs(OrderStates.AwaitingStock) || s.OrderIs(OrderStates.ConfirmingPayment)) && s.PaymentState is Trying or Pending or Refused),
        new(OrderPaymentDiffer, High, Case, Payment, "The stock's sale is requested only after the payment is captured.",
            (s, _) => s.OrderIs(OrderStates.ConfirmingStock) && !s.Paid),
    ];

    /// <summary>Amounts and lines in the ledgers.</summary>
    static readonly Rule[] Contents =
    [
        new(CurrencyDiffers, Critical, Case, Money, "The payment is in the order's currency.",
            (s, _) => s.Known && s.PaymentWasTried && s.Payment!.Currency != s.Order!.Currency),
        new(AmountDiffers, Critical, Case, Money, "The payment's amount is the order's total.",
            (s, _) => s.Known && s.PaymentWasTried && s.Payment!.Amount != s.Order!.Total)
        {
            Stake = (s, _) => Math.Abs(s.Payment!.Amount - s.Order!.Total),
        },
        new(LinesDiffer, High, Case, Area.Lines, "Held or sold stock equals the order's lines.",
            (s, _) => s.Known && s.StockWasTried && !LineList.Same(s.Order!.Lines, s.Stock!.Lines)),
    ];

    /// <summary>The gateway's settlement.</summary>
    static readonly Rule[] Gateway =
    [
        new(UnknownInSettlement, Critical, Case, Settlement, "Settled money belongs to an order.",
            (s, _) => !s.Known && s.Payment is null && SettlementChecks.MovesMoney(s)),
        new(DoubledCapture, Critical, Case, Settlement, "A payment is captured once.", (s, _) => SettlementChecks.IsCapturedTwice(s))
        {
            Stake = (s, _) => SettlementChecks.RepeatedCaptureAmount(s),
        },
        new(RefundWithoutReason, High, Case, Settlement, "The gateway refunds only what was requested.", (s, _) => SettlementChecks.HasUnrequestedRefund(s)),
        new(UnknownInSettlement, Critical, Case, Settlement, "The gateway captures only what was requested.", (s, _) =>
            SettlementChecks.HasUnrequestedCapture(s)),
        new(MissingInSettlement, High, Case, Settlement, "A capture or refund is in the settlement file of its day or of the next day.",
            (s, terms) => s.Known && SettlementChecks.IsMissing(s, terms)),
        new(CurrencyDiffers, Critical, Case, Settlement, "Money is settled in the payment's currency.", (s, _) => SettlementChecks.CurrencyDiffers(s)),
        new(SettlementAmountDiffers, High, Case, Settlement, "The settled amount is the captured amount.", (s, _) => SettlementChecks.AmountDifference(s) > 0)
        {
            Stake = (s, _) => SettlementChecks.AmountDifference(s),
        },
        new(SettlementFeeDiffers, Low, Case, Settlement, "The gateway's fee is as contracted.", (s, terms) => SettlementChecks.FeeDifference(s, terms) > 0)
        {
            Stake = (s, terms) => SettlementChecks.FeeDifference(s, terms),
        },
    ];

    /// <summary>Reversals of settled money.</summary>
    static readonly Rule[] Reversals =
    [
        new(Chargeback, High, Case, Reversal, "The customer's bank does not charge back.", (s, _) => SettlementChecks.ChargedBackAmount(s) > 0)
        {
            Stake = (s, _) => SettlementChecks.ChargedBackAmount(s),
        },
        new(SettlementReversed, High, Case, Reversal, "The gateway does not reverse what it has settled.", (s, _) => SettlementChecks.ReversedAmount(s) != 0)
        {
            Stake = (s, _) => Math.Abs(SettlementChecks.ReversedAmount(s)),
        },
    ];

    /// <summary>All rules, highest precedence first.</summary>
    public static IReadOnlyList<Rule> Rows { get; } =
        [.. Orphans, .. AgainstBoth, .. MissingBranch, .. OfCompleted, .. OfCancelled, .. InProgress, .. Contents, .. Gateway, .. Reversals];
}
