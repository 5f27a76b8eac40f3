using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>
/// The gateway's settlement: when its files come, and what its contract lets it keep. Bound from the section <c>Settlements</c>; checked at start.
/// </summary>
public sealed class SettlementSettings
{
    /// <summary>Whether files are fetched from the gateway (<c>Gateway:Url</c>); otherwise an operator hands them in.</summary>
    public bool Fetch { get; set; } = true;

    /// <summary>After the end of a UTC day, until its file is fetched.</summary>
    public int DueAfterHours { get; set; } = 1;

    /// <summary>
    /// After the end of a UTC day on which money moved, until a missing file, or a capture in no file, is a finding; 0: nothing is late.
    /// </summary>
    public int LateAfterHours { get; set; } = 48;

    /// <summary>For how many days back a missing file is fetched again.</summary>
    public int LookBackDays { get; set; } = 14;

    /// <summary>How long the gateway may take to begin its answer, and to send each part of it.</summary>
    public int TimeoutSeconds { get; set; } = 60;

    /// <summary>Size of one file; a larger one is refused.</summary>
    public int MostMegabytes { get; set; } = 1024;

    /// <summary>Rows that are written at once.</summary>
    public int PageRows { get; set; } = 1000;

    /// <summary>What the gateway may keep of a capture: hundredths of a percent of its amount.</summary>
    public int FeeBasisPoints { get; set; } = 140;

    /// <summary>What the gateway may keep of each capture in addition: minor units.</summary>
    public long FeeFixed { get; set; } = 25;

    /// <summary>Minor units by which a fee may differ from what it should be.</summary>
    public long FeeTolerance { get; set; } = 1;

    /// <summary>
    /// Whether fees are compared. Switch it off for a gateway whose fees depend on the card, for example: then they are only summed up.
    /// </summary>
    public bool CheckFees { get; set; } = true;

    /// <summary>What the gateway may keep in a currency that has a contract of its own, e.g. <c>Settlements:Fees:JPY:BasisPoints</c>.</summary>
    public Dictionary<string, CurrencyFees> Fees { get; set; } = [];

    /// <summary>For how many days back an imported file is fetched again to see whether it has changed; 0: none.</summary>
    public int RecheckDays { get; set; } = 3;

    /// <summary>Further kinds of rows about the account and not about an order: they are only counted.</summary>
    public IList<string> AccountKinds { get; } = [];

    /// <summary>All kinds that are about the account.</summary>
    internal IReadOnlyList<string> CountedKinds => [.. SettlementKinds.OfAccount, .. AccountKinds];

    internal FeeSchedules Schedules => !CheckFees ? FeeSchedules.None : new FeeSchedules(
        new FeeSchedule(FeeBasisPoints, FeeFixed, FeeTolerance), Fees.ToDictionary(
            one => one.Key, one => one.Value.Check ? new FeeSchedule(one.Value.BasisPoints, one.Value.Fixed, one.Value.Tolerance ?? FeeTolerance) : null));

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check()
    {
        if (DueAfterHours is < 0 or > 240 || LookBackDays is < 1 or > 366)
            throw new InvalidOperationException("Settlements:DueAfterHours must be 0 to 240 and Settlements:LookBackDays 1 to 366.");
        if (LateAfterHours is < 0 or > 720)
            throw new InvalidOperationException("Settlements:LateAfterHours must be 1 to 720, or 0 when no file has to come.");
        if (RecheckDays is < 0 or > 31)
            throw new InvalidOperationException("Settlements:RecheckDays must be 0 to 31.");
        if (AccountKinds.Any(kind => kind.Length is 0 or > SettlementKinds.MostOfKind || kind != SettlementKinds.Of(kind, 1) || kind.Contains('\'')))
            throw new InvalidOperationException("Settlements:AccountKinds must be kinds in lower case, with '-' between words, such as platform-fee.");
        if (TimeoutSeconds is < 1 or > 3600 || MostMegabytes is < 1 or > 100_000 || PageRows is < 1 or > 10_000)
            throw new InvalidOperationException(
                "Settlements:TimeoutSeconds must be 1 to 3600, Settlements:MostMegabytes 1 to 100000 and Settlements:PageRows 1 to 10000.");
        if (FeeBasisPoints is < 0 or > 10_000 || FeeFixed < 0 || FeeTolerance < 0)
            throw new InvalidOperationException(
                "Settlements:FeeBasisPoints must be 0 to 10000, Settlements:FeeFixed and Settlements:FeeTolerance must not be negative.");
        foreach (var (currency, fees) in Fees)
            fees.CheckBounds(currency);
    }
}

/// <summary>What the gateway may keep of captures in one currency.</summary>
public sealed class CurrencyFees
{
    /// <summary>Whether the fees of this currency are compared.</summary>
    public bool Check { get; set; } = true;

    /// <summary>Hundredths of a percent of the amount.</summary>
    public int BasisPoints { get; set; }

    /// <summary>Minor units of the currency.</summary>
    public long Fixed { get; set; }

    /// <summary>Minor units by which a fee may differ; none: <c>Settlements:FeeTolerance</c>.</summary>
    public long? Tolerance { get; set; }

    internal void CheckBounds(string currency)
    {
        if (!Currencies.Known(currency))
            throw new InvalidOperationException($"Settlements:Fees:{currency} names no ISO 4217 currency.");
        if (BasisPoints is < 0 or > 10_000 || Fixed < 0 || Tolerance < 0)
            throw new InvalidOperationException(
                $"Settlements:Fees:{currency}:BasisPoints must be 0 to 10000, Fixed and Tolerance must not be negative.");
    }
}
