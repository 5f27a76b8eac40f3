namespace Reconciler.Job;

/// <summary>Of which UTC days it is told what the gateway settled, and for which of them waiting is over.</summary>
/// <param name="Delivered">The days whose file has been taken in.</param>
/// <param name="First">From this day on a file is expected for each day on which money moved; none: for none.</param>
/// <param name="Over">The last day on which money moved that must be settled by now, whatever files have come; none: only files count.</param>
sealed record SettlementDays(IReadOnlySet<DateOnly> Delivered, DateOnly? First = null, DateOnly? Over = null)
{
    /// <summary>How far the gateway's clock may be from ours.</summary>
    static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>Settlement is compared at all.</summary>
    public bool Compared => Delivered.Count > 0 || Over is not null;

    public static SettlementDays Of(IReadOnlySet<DateOnly> delivered, SettlementSettings settings, DateTimeOffset now)
    {
        if (settings.LateAfterHours == 0)
            return new SettlementDays(delivered);
        var over = DateOnly.FromDateTime(now.UtcDateTime.AddHours(-settings.LateAfterHours)).AddDays(-1);
        return new SettlementDays(delivered, delivered.Count > 0 ? delivered.Min() : over.AddDays(1 - settings.LookBackDays), over);
    }

    /// <summary>
    /// Whether money that moved must stand in a file by now: the file of each day has come in which it can stand, or the time for that is over. The gateway's
    /// clock is not ours, and it may settle on the day after; but a gateway makes no file of a day on which nothing moved. The file of the day itself is
    /// waited for: that it is missing is told once, and not of each of its orders.
    /// </summary>
    public bool MustTellOf(AttemptEntry attempt)
    {
        var (asked, answered) = (DateOnly.FromDateTime(attempt.CreatedAt), DateOnly.FromDateTime(attempt.UpdatedAt));
        var over = answered <= Over && answered >= First;
        for (var day = DateOnly.FromDateTime(attempt.CreatedAt - ClockSkew); day <= answered.AddDays(1); day = day.AddDays(1))
        {
            var itself = day == answered && asked == answered;
            if (!Delivered.Contains(day) && (itself || !over))
                return false;
        }

        return true;
    }

    /// <summary>The days that are over, have no file, and should have one if money moved on them.</summary>
    public IReadOnlyList<DateOnly> Missing => First is { } first && Over is { } over && over >= first
        ? [.. Enumerable.Range(0, over.DayNumber - first.DayNumber + 1).Select(first.AddDays).Where(day => !Delivered.Contains(day))]
        : [];
}
