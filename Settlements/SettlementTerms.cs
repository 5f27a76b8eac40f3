namespace OrderSaga.Settlements;

/// <summary>What an order's settlement is compared with, besides the order.</summary>
/// <param name="Fees">The gateway's contractual fees.</param>
/// <param name="Days">The days covered by settlement files.</param>
public sealed record SettlementTerms(FeeSchedules Fees, SettlementDays Days);

/// <summary>Reads the current terms.</summary>
public sealed class SettlementTermsSource(LedgerSet ledgers, SettlementSettings settings, TimeProvider clock)
{
    public async Task<SettlementTerms> Read(CancellationToken cancel = default) => new(settings.Schedules, await Days(cancel));

    /// <summary>The days from the earliest one that has a file; if none has one, the last <c>LookbackDays</c> late ones.</summary>
    public async Task<SettlementDays> Days(CancellationToken cancel = default) =>
        DaysAt(clock.GetUtcNow(), await ledgers.Settlement.DeliveredDays(cancel), settings);

    internal static SettlementDays DaysAt(DateTimeOffset now, IReadOnlySet<DateOnly> delivered, SettlementSettings settings)
    {
        if (settings.LateAfterHours == 0)
            return new SettlementDays(delivered);
        var lastLateDay = DateOnly.FromDateTime(now.UtcDateTime.AddHours(-settings.LateAfterHours)).AddDays(-1);
        return new SettlementDays(delivered, delivered.Count > 0 ? delivered.Min() : lastLateDay.AddDays(1 - settings.LookbackDays), lastLateDay);
    }
}

/// <summary>The gateway's contractual fees by currency.</summary>
/// <param name="Default">For currencies without their own schedule; null: their fees are not compared.</param>
/// <param name="ByCurrency">Null value: the currency's fees are not compared.</param>
public sealed record FeeSchedules(FeeSchedule? Default, IReadOnlyDictionary<string, FeeSchedule?> ByCurrency)
{
    public static readonly FeeSchedules None = new(null, new Dictionary<string, FeeSchedule?>());

    public static implicit operator FeeSchedules(FeeSchedule all) => None with { Default = all };

    /// <summary>Absolute difference between actual and contractual fee of a row, minor units; 0 within the tolerance.</summary>
    public long Difference(SettlementRow row)
    {
        if (ByCurrency.GetValueOrDefault(row.Currency, Default) is not { } schedule)
            return 0;
        var difference = Math.Abs(row.Fee - (row.Operation == SettlementKinds.Capture ? schedule.OfCapture(row.Amount) : 0));
        return difference > schedule.Tolerance ? difference : 0;
    }
}

/// <summary>The gateway's contractual fee for a capture. A refund costs no fee, and does not return the fee of the capture.</summary>
/// <param name="BasisPoints">Hundredths of a percent of the amount.</param>
/// <param name="Fixed">Fixed part in minor units of the capture's currency.</param>
/// <param name="Tolerance">Accepted difference in minor units: gateways round differently.</param>
public sealed record FeeSchedule(int BasisPoints, long Fixed, long Tolerance = 0)
{
    const int BasisPointsPerUnit = 10_000;

    /// <summary>The fee of a capture; half a minor unit is rounded up.</summary>
    public long OfCapture(long amount) => (long)((((Int128)amount * BasisPoints) + (BasisPointsPerUnit / 2)) / BasisPointsPerUnit) + Fixed;
}
