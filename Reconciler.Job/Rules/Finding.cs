namespace Reconciler.Job;

/// <summary>One discrepancy: what differs, how bad it is, what each ledger says, what is to be done.</summary>
/// <param name="Class">One of <see cref="Classes"/>.</param>
/// <param name="Severity">How bad.</param>
/// <param name="OrderId">Whose it is; none when it is about a file, a row that names no order, or a sku.</param>
/// <param name="Subject">What it is about beside the order: a settlement row, a file's day, a sku.</param>
/// <param name="Rule">What must hold, in words.</param>
/// <param name="Evidence">What each ledger says, as JSON.</param>
/// <param name="Remedy">What the policy is.</param>
/// <param name="Amount">Minor units at stake.</param>
/// <param name="Currency">ISO 4217; none when no money is concerned.</param>
sealed record Finding(
    string Class, Severity Severity, Guid? OrderId, string? Subject, string Rule, string Evidence, Remedy Remedy, long Amount, string? Currency)
{
    /// <summary>What differs, in numbers: when it is another text, an accepted difference is a finding again.</summary>
    public string Measure { get; init; } = "";
}

/// <summary>Stored as text.</summary>
enum Severity
{
    /// <summary>Nobody is harmed; the books are untidy.</summary>
    Low,

    /// <summary>Goods or money are tied up for nothing.</summary>
    Medium,

    /// <summary>Goods or money are where they do not belong.</summary>
    High,

    /// <summary>A customer's money, or the shop's, is gone unless somebody acts.</summary>
    Critical,
}

/// <summary>What is done about a finding. Stored as text. A repair is an idempotent command to a participant; its fence makes it safe.</summary>
enum Remedy
{
    /// <summary>Noted, no more.</summary>
    None,

    /// <summary>A person must look.</summary>
    Case,

    /// <summary>The hold is let go.</summary>
    CancelStock,

    /// <summary>The hold is sold.</summary>
    ConfirmStock,

    /// <summary>What is authorized is voided, what is captured is refunded.</summary>
    CancelPayment,

    /// <summary>What is authorized is captured.</summary>
    ConfirmPayment,

    /// <summary>A person's decision about an order in review: from where it was, once more.</summary>
    RetryOrder,

    /// <summary>A person's decision about an order in review: it is cancelled.</summary>
    AbandonOrder,
}

/// <summary>The classes of findings, as stored and shown.</summary>
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
}
