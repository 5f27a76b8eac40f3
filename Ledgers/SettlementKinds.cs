namespace OrderSaga.Ledgers;

/// <summary>Kinds of settlement rows, as named in the files; unknown kinds are stored and reported.</summary>
public static class SettlementKinds
{
    public const string Capture = GatewayOperations.Capture;
    public const string Refund = GatewayOperations.Refund;

    /// <summary>A capture reversed by the gateway.</summary>
    public const string CaptureReversal = "capture-reversal";

    /// <summary>A refund that did not reach the customer and was returned.</summary>
    public const string RefundReversal = "refund-reversal";

    public const string Chargeback = "chargeback";
    public const string ChargebackReversal = "chargeback-reversal";
    public const string Fee = "fee";

    public const int MaxKindLength = 60;

    /// <summary>Kinds that move an order's money; they belong to an order.</summary>
    public static IReadOnlyList<string> OfOrders { get; } = [Capture, Refund, CaptureReversal, RefundReversal, Chargeback, ChargebackReversal];

    /// <summary>Kinds that concern the account, not an order: only counted.</summary>
    public static IReadOnlyList<string> OfAccount { get; } = [Fee, "payout", "payout-reversal", "reserve", "adjustment"];

    /// <summary>The stored kind. A capture or refund with the opposite sign is a reversal; one with amount 0 only carries a fee.</summary>
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

    /// <summary>A list for SQL.</summary>
    public static string Sql(IEnumerable<string> kinds) => string.Join(", ", kinds.Select(kind => $"'{kind}'"));
}

/// <summary>The rows of one kind and currency.</summary>
/// <param name="Kind">The kind in the file.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="Amount">Their sum, minor units, signed.</param>
/// <param name="Fee">Their fees, minor units.</param>
public sealed record KindSum(string Kind, string Currency, long Count, long Amount, long Fee);
