namespace Reconciler.Job;

/// <summary>What the rules need to know beside the story.</summary>
/// <param name="Fees">What the gateway may keep.</param>
/// <param name="Delivered">The UTC days whose settlement file has been taken in.</param>
sealed record RuleTerms(FeeSchedule Fees, IReadOnlySet<DateOnly> Delivered);

/// <summary>What the gateway's contract lets it keep of a capture. Of a refund it keeps nothing, and gives no fee back.</summary>
/// <param name="BasisPoints">Hundredths of a percent of the amount.</param>
/// <param name="Fixed">Minor units of the capture's currency, whatever the amount.</param>
sealed record FeeSchedule(int BasisPoints, long Fixed)
{
    const int Whole = 10_000;

    /// <summary>Half a minor unit is rounded up.</summary>
    public long OfCapture(long amount) => (long)((((Int128)amount * BasisPoints) + (Whole / 2)) / Whole) + Fixed;
}
