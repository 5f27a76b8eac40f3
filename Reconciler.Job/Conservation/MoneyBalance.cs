namespace Reconciler.Job;

/// <summary>The money of one currency and one UTC day, minor units.</summary>
sealed class MoneyBalance(string currency, DateOnly day)
{
    public string Currency => currency;
    public DateOnly Day => day;

    /// <summary>Set aside on this day, whatever became of it.</summary>
    public long Authorized { get; set; }

    /// <summary>As the payment branches know it; by the gateway's day where it is settled, else by ours.</summary>
    public long Captured { get; set; }

    /// <summary>Given back, likewise.</summary>
    public long Refunded { get; set; }

    /// <summary>Of captured less refunded: what no file that has come can tell of yet.</summary>
    public long Pending { get; set; }

    /// <summary>By the gateway's file: captures less refunds.</summary>
    public long Settled { get; set; }

    /// <summary>Rows of an order that are about the gateway's account: a fee, an adjustment.</summary>
    public long Other { get; set; }

    /// <summary>What the gateway kept.</summary>
    public long Fees { get; set; }

    /// <summary>0 when captured - refunded = settled + pending.</summary>
    public long Drift => Captured - Refunded - Pending - Settled;
}

/// <summary>Captures and refunds that no settlement file can tell of yet.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Count">How many.</param>
/// <param name="Amount">Captured less refunded, minor units.</param>
/// <param name="Oldest">UTC day of the oldest.</param>
sealed record Unsettled(string Currency, long Count, long Amount, DateOnly Oldest);

/// <summary>An order, or a settlement row that names none, whose money does not add up.</summary>
/// <param name="OrderId">Whose it is.</param>
/// <param name="Subject">The settlement row, when it names no order.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Day">UTC.</param>
/// <param name="Off">Minor units by which the books exceed the settlement; negative when the settlement exceeds the books.</param>
sealed record MoneyDifference(Guid? OrderId, string? Subject, string Currency, DateOnly Day, long Off);
