namespace OrderSaga.Ledgers;

/// <summary>The money of one currency and one UTC day, minor units.</summary>
public sealed class MoneyBalance(string currency, DateOnly day)
{
    public string Currency => currency;
    public DateOnly Day => day;

    /// <summary>Authorized on this day, whatever followed.</summary>
    public long Authorized { get; set; }

    /// <summary>Captured according to the payment branches; by the gateway's day if settled, otherwise by ours.</summary>
    public long Captured { get; set; }

    /// <summary>Refunded, by the same rule.</summary>
    public long Refunded { get; set; }

    /// <summary>The part of captured less refunded that no file covers yet.</summary>
    public long Pending { get; set; }

    /// <summary>Captures less refunds in the gateway's file.</summary>
    public long Settled { get; set; }

    /// <summary>Rows of an order about the gateway's account, such as a fee or an adjustment.</summary>
    public long Other { get; set; }

    /// <summary>The gateway's fees.</summary>
    public long Fees { get; set; }

    /// <summary>0 if captured - refunded = settled + pending.</summary>
    public long Drift => Captured - Refunded - Pending - Settled;
}

/// <summary>Captures and refunds not covered by a settlement file yet.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Count">Number of operations.</param>
/// <param name="Amount">Captured less refunded, minor units.</param>
/// <param name="Oldest">UTC day of the oldest.</param>
public sealed record Unsettled(string Currency, long Count, long Amount, DateOnly Oldest);

/// <summary>An order, or a settlement row without an order, whose money does not add up.</summary>
/// <param name="OrderId">The order, if any.</param>
/// <param name="Subject">The settlement row, if it has no order.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Day">UTC.</param>
/// <param name="Off">Minor units by which the payments exceed the settlement; negative if the settlement exceeds the payments.</param>
public sealed record MoneyDifference(Guid? OrderId, string? Subject, string Currency, DateOnly Day, long Off);
