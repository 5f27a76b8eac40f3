using Orders.Model;
using static Reconciler.Job.BranchStates;
using static Reconciler.Job.Classes;
using static Reconciler.Job.Concern;
using static Reconciler.Job.Remedy;
using static Reconciler.Job.Severity;

namespace Reconciler.Job;

/// <summary>
/// The rules, in the order of their precedence: the cause stands above what follows from it. docs/findings.md is made of this table. A repair is
/// here only where the order cannot move any more and the participant's fence makes the command safe; everything else is a case.
/// </summary>
static class RuleTable
{
    /// <summary>No such order: nothing may be held or taken for it.</summary>
    static readonly Rule[] Orphans =
    [
        new(OrphanHold, Medium, CancelStock, Stock, "A hold belongs to an order.", (s, _) => !s.Known && s.StockState == Tried),
        new(OrphanHold, High, Case, Stock, "What is sold belongs to an order.", (s, _) => !s.Known && s.Sold),
        new(OrphanPayment, High, CancelPayment, Payment, "An authorization belongs to an order.",
            (s, _) => !s.Known && (s.Authorized || s.PaymentState == Trying)),
        new(OrphanPayment, Critical, Case, Payment, "Captured money belongs to an order.",
            (s, _) => !s.Known && (s.Paid || s.PaymentState is Confirming or Cancelling)),
    ];

    /// <summary>Both participants against the order.</summary>
    static readonly Rule[] AgainstBoth =
    [
        new(OrderDiffersFromBoth, Critical, Case, Stock | Payment, "A completed order has its goods sold or its money captured, at the least.",
            (s, _) => s.Completed && !s.Sold && !s.Paid),
        new(OrderDiffersFromBoth, Critical, Case, Stock | Payment, "When the goods are sold and the money is captured, the order completes.",
            (s, _) => s.Sold && s.Paid && (s.Cancelled || (s.Unended && !s.OrderIs(States.ConfirmingStock, or: States.NeedsReview)))),
    ];

    /// <summary>One participant has no row at all.</summary>
    static readonly Rule[] LostAtOne =
    [
        new(OrderWithoutHold, High, Case, Stock, "An order that got as far as its payment has a stock branch.",
            (s, _) => s.StockState == Absent && (s.Completed || s.OrderIs(States.AwaitingPayment, States.ConfirmingPayment, States.ConfirmingStock))),
        new(OrderWithoutPayment, Critical, Case, Payment | Settlement, "An order whose money was to be captured has a payment branch.",
            (s, _) => s.PaymentState == Absent && (s.Completed || s.OrderIs(States.ConfirmingPayment, States.ConfirmingStock))),
    ];

    /// <summary>A completed order: goods sold, money captured.</summary>
    static readonly Rule[] OfCompleted =
    [
        new(MoneyWithoutStock, Critical, Case, Stock, "Money that is captured for a completed order stands for goods that are sold.",
            (s, _) => s.Completed && s.StockState is Refused or BranchStates.Cancelled),
        new(OrderStockDiffer, Medium, ConfirmStock, Stock, "The goods of a completed order are sold, not only held.",
            (s, _) => s.Completed && s.StockState == Tried),
        new(RefundWithoutReason, High, Case, Payment | Settlement, "The money of a completed order is not given back.",
            (s, _) => s.Completed && s.Refunded),
        new(StockWithoutMoney, Critical, Case, Payment, "Goods of a completed order are sold for money that is captured.",
            (s, _) => s.Completed && s.PaymentState is Refused or BranchStates.Cancelled),
        new(OrderPaymentDiffer, High, ConfirmPayment, Payment, "The money of a completed order is captured, not only authorized.",
            (s, _) => s.Completed && s.PaymentState == Tried),
        new(OrderPaymentDiffer, High, Case, Payment, "The payment of a completed order waits for nothing.",
            (s, _) => s.Completed && !s.Paid),
    ];

    /// <summary>A cancelled order: nothing held, nothing taken.</summary>
    static readonly Rule[] OfCancelled =
    [
        new(OrderStockDiffer, Medium, CancelStock, Stock, "Nothing is held for a cancelled order.", (s, _) => s.Cancelled && s.StockState == Tried),
        new(StockWithoutMoney, Critical, Case, Stock, "No goods of a cancelled order are sold.", (s, _) => s.Cancelled && s.Sold),
        new(CapturedButCancelled, Critical, CancelPayment, Payment, "No money is taken for a cancelled order.", (s, _) => s.Cancelled && s.Paid),
        new(AuthorizedButCancelled, High, CancelPayment, Payment, "No money is set aside for a cancelled order.", (s, _) => s.Cancelled && s.Authorized),
        new(OrderPaymentDiffer, High, CancelPayment, Payment, "The payment of a cancelled order waits for nothing.",
            (s, _) => s.Cancelled && s.AwaitsGateway),
    ];

    /// <summary>An order that has not ended: what no message under way can explain.</summary>
    static readonly Rule[] OfUnended =
    [
        new(StockPaymentDiffer, High, Case, Stock | Payment, "Goods are sold only once their money is captured.",
            (s, _) => s.Unended && s.Sold && !s.Paid),
        new(OrderStockDiffer, High, Case, Stock, "An order that awaits its payment, or its goods, has them held.",
            (s, _) => s.StockState is Refused or BranchStates.Cancelled
                && s.OrderIs(States.AwaitingPayment, States.ConfirmingPayment, States.ConfirmingStock)),
        new(OrderPaymentDiffer, High, Case, Payment, "Money is asked for only once the goods are held.",
            (s, _) => s.OrderIs(States.Reserving) && s.PaymentState is not (Absent or BranchStates.Cancelled)),
        new(OrderPaymentDiffer, High, Case, Payment, "Money is captured only once the order has asked for it.",
            (s, _) => s.OrderIs(States.AwaitingPayment) && s.PaymentState is Confirming or CaptureRefused or Confirmed),
        new(OrderPaymentDiffer, High, Case, Payment, "The money of an order that confirms was authorized.",
            (s, _) => s.OrderIs(States.ConfirmingPayment) && s.PaymentState is Trying or Pending or Refused),
        new(OrderPaymentDiffer, High, Case, Payment, "The goods are asked for only once the money is captured.",
            (s, _) => s.OrderIs(States.ConfirmingStock) && !s.Paid),
    ];

    /// <summary>What the ledgers say of money and goods.</summary>
    static readonly Rule[] Contents =
    [
        new(CurrencyDiffers, Critical, Case, Money, "The payment is in the order's currency.",
            (s, _) => s.Known && s.PaymentWasTried && s.Payment!.Currency != s.Order!.Currency),
        new(AmountDiffers, Critical, Case, Money, "The payment is over the order's total.",
            (s, _) => s.Known && s.PaymentWasTried && s.Payment!.Amount != s.Order!.Total)
        {
            Stake = (s, _) => Math.Abs(s.Payment!.Amount - s.Order!.Total),
        },
        new(LinesDiffer, High, Case, Concern.Lines, "What is held or sold are the order's lines.",
            (s, _) => s.Known && s.StockWasTried && !LineList.Same(s.Order!.Lines, s.Stock!.Lines)),
    ];

    /// <summary>The gateway's settlement.</summary>
    static readonly Rule[] Gateway =
    [
        new(UnknownInSettlement, Critical, Case, Settlement, "What the gateway settled is an order's money.",
            (s, _) => !s.Known && s.Payment is null && Settled.MovesMoney(s)),
        new(DoubledCapture, Critical, Case, Settlement, "Money is captured once.", (s, _) => Settled.IsTwice(s))
        {
            Stake = (s, _) => Settled.CapturedAgain(s),
        },
        new(RefundWithoutReason, High, Case, Settlement, "The gateway gives back only what it was asked to.", (s, _) => Settled.HasUnaskedRefund(s)),
        new(UnknownInSettlement, Critical, Case, Settlement, "The gateway captures only what it was asked to.", (s, _) => Settled.HasUnaskedCapture(s)),
        new(MissingInSettlement, High, Case, Settlement, "What was captured or refunded stands in the settlement file of its day, or of the next.",
            (s, terms) => s.Known && Settled.Misses(s, terms)),
        new(CurrencyDiffers, Critical, Case, Settlement, "Money is settled in the payment's currency.", (s, _) => Settled.CurrencyDiffers(s)),
        new(SettlementAmountDiffers, High, Case, Settlement, "What is settled is what was captured.", (s, _) => Settled.AmountOff(s) > 0)
        {
            Stake = (s, _) => Settled.AmountOff(s),
        },
        new(SettlementFeeDiffers, Low, Case, Settlement, "The gateway keeps what its contract says.", (s, terms) => Settled.FeeOff(s, terms) > 0)
        {
            Stake = (s, terms) => Settled.FeeOff(s, terms),
        },
    ];

    /// <summary>What the gateway took back of what it had settled.</summary>
    static readonly Rule[] TakenBack =
    [
        new(Chargeback, High, Case, Reversal, "The customer's bank leaves the money where it is.", (s, _) => Settled.ChargedBack(s) > 0)
        {
            Stake = (s, _) => Settled.ChargedBack(s),
        },
        new(SettlementReversed, High, Case, Reversal, "The gateway takes back nothing that it has settled.", (s, _) => Settled.Reversed(s) != 0)
        {
            Stake = (s, _) => Math.Abs(Settled.Reversed(s)),
        },
    ];

    /// <summary>All of them, in the order of their precedence.</summary>
    public static IReadOnlyList<Rule> Rows { get; } =
        [.. Orphans, .. AgainstBoth, .. LostAtOne, .. OfCompleted, .. OfCancelled, .. OfUnended, .. Contents, .. Gateway, .. TakenBack];
}
