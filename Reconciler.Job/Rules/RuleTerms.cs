namespace Reconciler.Job;

/// <summary>Input of the rules besides the order.</summary>
/// <param name="Fees">The gateway's contractual fees.</param>
/// <param name="Days">The days covered by settlement files.</param>
sealed record RuleTerms(FeeSchedules Fees, SettlementDays Days);

/// <summary>The gateway's contractual fees by currency.</summary>
/// <param name="Default">For currencies without their own schedule; null: their fees are not compared.</param>
/// <param name="ByCurrency">Null value: the currency's fees are not compared.</param>
sealed record FeeSchedules(FeeSchedule? Default, IReadOnlyDictionary<string, FeeSchedule?> ByCurrency)
{
    public static readonly FeeSchedules None = new(null, new Dictionary<string, FeeSchedule?>());

    public static implicit operator FeeSchedules(FeeSchedule all) => None with { Default = all };

    /// <summary>Absolute difference between actual and contractual fee of a row, minor units; 0 within the tolerance.</summary>
    public long Off(SettlementRow row)
    {
        if (ByCurrency.GetValueOrDefault(row.Currency, Default) is not { } schedule)
            return 0;
        var off = Math.Abs(row.Fee - (row.Operation == SettlementKinds.Capture ? schedule.OfCapture(row.Amount) : 0));
        return off > schedule.Tolerance ? off : 0;
    }
}

/// <summary>The gateway's contractual fee for a capture. A refund has no fee and returns none.</summary>
/// <param name="BasisPoints">Hundredths of a percent of the amount.</param>
/// <param name="Fixed">Fixed part in minor units of the capture's currency.</param>
/// <param name="Tolerance">Accepted difference in minor units: gateways round differently.</param>
sealed record FeeSchedule(int BasisPoints, long Fixed, long Tolerance = 0)
{
    const int Whole = 10_000;

    /// <summary>The fee of a capture; half a minor unit is rounded up.</summary>
    public long OfCapture(long amount) => (long)((((Int128)amount * BasisPoints) + (Whole / 2)) / Whole) + Fixed;
}
