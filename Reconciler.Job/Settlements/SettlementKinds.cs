namespace Reconciler.Job;

/// <summary>What a row of a settlement file can be. The words are the files' own; a kind that is not here is kept and told of.</summary>
static class SettlementKinds
{
    public const string Capture = GatewayWords.Capture;
    public const string Refund = GatewayWords.Refund;

    /// <summary>A capture that the gateway took back.</summary>
    public const string CaptureReversal = "capture-reversal";

    /// <summary>A refund that did not reach the customer and came back.</summary>
    public const string RefundReversal = "refund-reversal";

    public const string Chargeback = "chargeback";
    public const string ChargebackReversal = "chargeback-reversal";
    public const string Fee = "fee";

    public const int MostOfKind = 60;

    /// <summary>Those that move an order's money: they belong to its story.</summary>
    public static IReadOnlyList<string> OfOrders { get; } = [Capture, Refund, CaptureReversal, RefundReversal, Chargeback, ChargebackReversal];

    /// <summary>Those that are about the account and not about an order: counted.</summary>
    public static IReadOnlyList<string> OfAccount { get; } = [Fee, "payout", "payout-reversal", "reserve", "adjustment"];

    /// <summary>As it is stored. A capture or a refund with the other's sign takes one back; one of nothing is there for its fee.</summary>
    public static string Of(string text, long amount)
    {
        var kind = text.ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
        return (kind, Math.Sign(amount)) switch
        {
            (Capture or Refund, 0) => Fee,
            (Capture, < 0) => CaptureReversal,
            (Refund, > 0) => RefundReversal,
            _ => kind,
        };
    }

    /// <summary>For a statement's list.</summary>
    public static string Sql(IEnumerable<string> kinds) => string.Join(", ", kinds.Select(kind => $"'{kind}'"));
}

/// <summary>The rows of one kind and currency.</summary>
/// <param name="Kind">As the file has it.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Count">How many.</param>
/// <param name="Amount">Their sum, minor units, signed.</param>
/// <param name="Fee">What the gateway kept of them, minor units.</param>
sealed record KindSum(string Kind, string Currency, long Count, long Amount, long Fee);
