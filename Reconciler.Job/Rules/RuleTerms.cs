namespace Reconciler.Job;

/// <summary>What the rules need to know beside the story.</summary>
/// <param name="Fees">What the gateway may keep.</param>
/// <param name="Days">Of which days it is told what was settled.</param>
sealed record RuleTerms(FeeSchedules Fees, SettlementDays Days);

/// <summary>What the gateway's contract lets it keep, by currency.</summary>
/// <param name="Default">For the currencies that have none of their own; none: their fees are not compared.</param>
/// <param name="ByCurrency">A currency with none has its fees not compared.</param>
sealed record FeeSchedules(FeeSchedule? Default, IReadOnlyDictionary<string, FeeSchedule?> ByCurrency)
{
    public static readonly FeeSchedules None = new(null, new Dictionary<string, FeeSchedule?>());

    public static implicit operator FeeSchedules(FeeSchedule all) => None with { Default = all };

    /// <summary>Minor units, without sign, between what the gateway kept of a capture or a refund and what it may keep; within the tolerance none.</summary>
    public long Off(SettlementRow row)
    {
        if (ByCurrency.GetValueOrDefault(row.Currency, Default) is not { } schedule)
            return 0;
        var off = Math.Abs(row.Fee - (row.Operation == SettlementKinds.Capture ? schedule.OfCapture(row.Amount) : 0));
        return off > schedule.Tolerance ? off : 0;
    }
}

/// <summary>What the gateway's contract lets it keep of a capture. Of a refund it keeps nothing, and gives no fee back.</summary>
/// <param name="BasisPoints">Hundredths of a percent of the amount.</param>
/// <param name="Fixed">Minor units of the capture's currency, whatever the amount.</param>
/// <param name="Tolerance">Minor units by which a fee may differ: gateways do not round alike.</param>
sealed record FeeSchedule(int BasisPoints, long Fixed, long Tolerance = 0)
{
    const int Whole = 10_000;

    /// <summary>Half a minor unit is rounded up.</summary>
    public long OfCapture(long amount) => (long)((((Int128)amount * BasisPoints) + (Whole / 2)) / Whole) + Fixed;
}
