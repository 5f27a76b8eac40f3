namespace Reconciler.Job;

/// <summary>
/// One difference: what differs, how bad it is, what each ledger says, and what is done about it. Or what a case without a difference is about:
/// an order in review, a killed switch, a spent budget.
/// </summary>
/// <param name="Class">One of <see cref="Classes"/>.</param>
/// <param name="Severity">Severity.</param>
/// <param name="OrderId">The order; null for a file, a sku or a row without an order.</param>
/// <param name="Subject">Null: the order as a whole. Otherwise, by class: the id of a row without an order; <c>settlement</c> (the order's settlement);
/// <c>settlement yyyy-MM-dd</c> (a file); a SKU; <c>kind X</c> (rows of an unknown kind); a class (too many findings); the state before the review;
/// a switch and its version.</param>
/// <param name="Rule">The broken rule in one sentence.</param>
/// <param name="Evidence">What each ledger says, as JSON.</param>
/// <param name="Remedy">What reconciliation does about it.</param>
/// <param name="Amount">Minor units at stake: how much money the finding is about.</param>
/// <param name="Currency">ISO 4217; null without money.</param>
sealed record Finding(
    string Class, Severity Severity, Guid? OrderId, string? Subject, string Rule, string Evidence, Remedy Remedy, long Amount, string? Currency)
{
    /// <summary>
    /// All states, amounts and lines as text. The fingerprint of an accepted difference includes it: if it changes, the difference must be
    /// accepted again.
    /// </summary>
    public string FingerprintText { get; init; } = "";
}

/// <summary>Stored as text.</summary>
enum Severity
{
    /// <summary>The ledgers differ, but no stock and no customer's money is affected.</summary>
    Low,

    /// <summary>Stock is still held, but should be released or sold; an order in review is unpaid; a switch was killed; or a kind of
    /// settlement rows is unknown.</summary>
    Medium,

    /// <summary>Stock or money differs from what the order requires.</summary>
    High,

    /// <summary>The customer or the shop loses money unless the difference is repaired or an operator acts.</summary>
    Critical,
}

/// <summary>
/// What reconciliation does about a finding, or an operator about an order in review. Stored as text. A repair is an idempotent command to a
/// participant, whose rule makes it safe.
/// </summary>
enum Remedy
{
    /// <summary>A case for an operator.</summary>
    Case,

    /// <summary>Releases the hold.</summary>
    CancelStock,

    /// <summary>Sells the hold.</summary>
    ConfirmStock,

    /// <summary>Voids an authorization, refunds a capture.</summary>
    CancelPayment,

    /// <summary>Captures an authorization.</summary>
    ConfirmPayment,

    /// <summary>An operator's decision about an order in review: resume it.</summary>
    RetryOrder,

    /// <summary>An operator's decision about an order in review: cancel it.</summary>
    AbandonOrder,
}

/// <summary>The classes of findings and cases, as stored and shown.</summary>
static class Classes
{
    /// <summary>Every constant of this class.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(Classes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    public const string OrderWithoutHold = "order-without-hold";
    public const string OrderWithoutPayment = "order-without-payment";
    public const string OrphanHold = "orphan-hold";
    public const string OrphanPayment = "orphan-payment";
    public const string OrderDiffersFromBoth = "order-differs-from-both";
    public const string OrderStockDiffer = "status-differs-order-stock";
    public const string OrderPaymentDiffer = "status-differs-order-payment";
    public const string StockPaymentDiffer = "status-differs-stock-payment";
    public const string CapturedButCancelled = "captured-but-cancelled";
    public const string AuthorizedButCancelled = "authorized-but-cancelled";
    public const string StockWithoutMoney = "confirmed-stock-without-money";
    public const string MoneyWithoutStock = "money-without-stock";
    public const string RefundWithoutReason = "refund-without-reason";
    public const string CurrencyDiffers = "currency-differs";
    public const string AmountDiffers = "amount-differs";
    public const string LinesDiffer = "lines-differ";
    public const string Chargeback = "chargeback";
    public const string SettlementReversed = "settlement-reversed";
    public const string SettlementKindUnknown = "settlement-kind-unknown";
    public const string TooManyFindings = "too-many-findings";
    public const string DoubledCapture = "doubled-capture";
    public const string UnknownInSettlement = "unknown-in-settlement";
    public const string MissingInSettlement = "missing-in-settlement";
    public const string SettlementAmountDiffers = "settlement-amount-differs";
    public const string SettlementFeeDiffers = "settlement-fee-differs";
    public const string StockLevelDiffers = "stock-level-differs";
    public const string SettlementFileMissing = "settlement-file-missing";
    public const string SettlementFileRefused = "settlement-file-refused";
    public const string SettlementFileChanged = "settlement-file-changed";

    /// <summary>Only for cases, no run stores a finding of it: recovery opens them.</summary>
    public const string OrderNeedsReview = "order-needs-review";

    /// <summary>Only for cases, no run stores a finding of it: the guard killed a switch.</summary>
    public const string SwitchKilled = "switch-killed";

    /// <summary>Only for cases, no run stores a finding of it: one for all findings over a run's budget.</summary>
    public const string RepairBudgetSpent = "repair-budget-spent";
}
