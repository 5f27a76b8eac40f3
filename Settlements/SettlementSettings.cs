using OrderSaga.Contracts;

namespace OrderSaga.Settlements;

/// <summary>
/// The gateway's settlement: arrival of its files and contractual fees. Bound from the section <c>Settlements</c>; checked at start.
/// </summary>
public sealed class SettlementSettings
{
    /// <summary>True to fetch files from the gateway (<c>Gateway:Url</c>); otherwise operators upload them.</summary>
    public bool FetchEnabled { get; set; } = true;

    /// <summary>Hours after the end of a UTC day before its file is fetched.</summary>
    public int DueAfterHours { get; set; } = 1;

    /// <summary>
    /// Hours after the end of a UTC day before a missing file, or a capture in no file, is a finding; 0: never, only imported files count.
    /// </summary>
    public int LateAfterHours { get; set; } = 48;

    /// <summary>Days back for which a missing file is fetched.</summary>
    public int LookbackDays { get; set; } = 14;

    /// <summary>Timeout of the gateway's answer, and of each read of its body.</summary>
    public int TimeoutSeconds { get; set; } = 60;

    /// <summary>Maximum size of one file; a larger one is refused.</summary>
    public int MaxFileMegabytes { get; set; } = 1024;

    /// <summary>Rows inserted by one statement.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Contractual fee of a capture: hundredths of a percent of its amount.</summary>
    public int FeeBasisPoints { get; set; } = 140;

    /// <summary>Contractual fixed fee of a capture, minor units.</summary>
    public long FeeFixed { get; set; } = 25;

    /// <summary>Accepted difference of a fee, minor units.</summary>
    public long FeeTolerance { get; set; } = 1;

    /// <summary>
    /// True to compare fees. If false, fees are only summed up, for example for a gateway whose fees depend on the card.
    /// </summary>
    public bool CheckFees { get; set; } = true;

    /// <summary>Contractual fees of single currencies, e.g. <c>Settlements:Fees:JPY:BasisPoints</c>.</summary>
    public Dictionary<string, CurrencyFees> Fees { get; } = [];

    /// <summary>Days back for which an imported file is fetched again to detect changes; 0: none.</summary>
    public int RecheckDays { get; set; } = 3;

    /// <summary>Additional kinds of rows that concern the account, not an order: only counted, no finding.</summary>
    public IList<string> AccountKinds { get; } = [];

    /// <summary>All kinds that concern the account.</summary>
    public IReadOnlyList<string> CountedKinds => [.. SettlementKinds.OfAccount, .. AccountKinds];

    internal FeeSchedules Schedules => !CheckFees ? FeeSchedules.None : new FeeSchedules(
        new FeeSchedule(FeeBasisPoints, FeeFixed, FeeTolerance), Fees.ToDictionary(
            one => one.Key, one => one.Value.Check ? new FeeSchedule(one.Value.BasisPoints, one.Value.Fixed, one.Value.Tolerance ?? FeeTolerance) : null));

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        if (DueAfterHours is < 0 or > 240 || LookbackDays is < 1 or > 366)
            throw new InvalidOperationException("Settlements:DueAfterHours must be 0 to 240 and Settlements:LookbackDays 1 to 366.");
        if (LateAfterHours is < 0 or > 720)
            throw new InvalidOperationException("Settlements:LateAfterHours must be 1 to 720, or 0 if no file is required.");
        if (RecheckDays is < 0 or > 31)
            throw new InvalidOperationException("Settlements:RecheckDays must be 0 to 31.");
        if (AccountKinds.Any(kind => kind.Length is 0 or > SettlementKinds.MaxKindLength || kind != SettlementKinds.Of(kind, 1) || kind.Contains('\'')))
            throw new InvalidOperationException("Settlements:AccountKinds must be kinds in lower case, with '-' between words, such as platform-fee.");
        if (TimeoutSeconds is < 1 or > 3600 || MaxFileMegabytes is < 1 or > 100_000 || PageSize is < 1 or > 10_000)
            throw new InvalidOperationException(
                "Settlements:TimeoutSeconds must be 1 to 3600, Settlements:MaxFileMegabytes 1 to 100000 and Settlements:PageSize 1 to 10000.");
        if (FeeBasisPoints is < 0 or > 10_000 || FeeFixed < 0 || FeeTolerance < 0)
            throw new InvalidOperationException(
                "Settlements:FeeBasisPoints must be 0 to 10000, Settlements:FeeFixed and Settlements:FeeTolerance must not be negative.");
        foreach (var (currency, fees) in Fees)
            fees.CheckBounds(currency);
    }
}

/// <summary>Contractual fees of captures in one currency.</summary>
public sealed class CurrencyFees
{
    /// <summary>True to compare the fees of this currency.</summary>
    public bool Check { get; set; } = true;

    /// <summary>Hundredths of a percent of the amount.</summary>
    public int BasisPoints { get; set; }

    /// <summary>Minor units of the currency.</summary>
    public long Fixed { get; set; }

    /// <summary>Accepted difference, minor units; null: <c>Settlements:FeeTolerance</c>.</summary>
    public long? Tolerance { get; set; }

    internal void CheckBounds(string currency)
    {
        if (!Currencies.IsKnown(currency))
            throw new InvalidOperationException($"Settlements:Fees:{currency} : the currency is not an ISO 4217 code.");
        if (BasisPoints is < 0 or > 10_000 || Fixed < 0 || Tolerance < 0)
            throw new InvalidOperationException(
                $"Settlements:Fees:{currency}:BasisPoints must be 0 to 10000, Fixed and Tolerance must not be negative.");
    }
}
