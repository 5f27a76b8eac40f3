namespace OrderSaga.Ledgers;

/// <summary>The UTC days covered by settlement files, and those whose files are overdue.</summary>
/// <param name="Delivered">Days with an imported file.</param>
/// <param name="First">From this day on, each day on which money moved needs a file; null: none needs one.</param>
/// <param name="Over">Last day that must be settled by now even without a file; null: only imported files count.</param>
public sealed record SettlementDays(IReadOnlySet<DateOnly> Delivered, DateOnly? First = null, DateOnly? Over = null)
{
    /// <summary>Maximum difference between the gateway's clock and ours.</summary>
    static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>True if settlement is compared at all.</summary>
    public bool Compared => Delivered.Count > 0 || Over is not null;

    /// <summary>
    /// True if the operation must be in a file by now: the files of all possible days have arrived, or their time is over. The gateway's
    /// clock differs from ours, and it may settle on the next day, but it makes no file of a day without operations. A missing file of the
    /// day itself is reported once, not for each of its orders.
    /// </summary>
    public bool MustContain(AttemptEntry attempt)
    {
        var (requested, answered) = (DateOnly.FromDateTime(attempt.CreatedAt), DateOnly.FromDateTime(attempt.UpdatedAt));
        var over = answered <= Over && answered >= First;
        for (var day = DateOnly.FromDateTime(attempt.CreatedAt - ClockSkew); day <= answered.AddDays(1); day = day.AddDays(1))
        {
            var itself = day == answered && requested == answered;
            if (!Delivered.Contains(day) && (itself || !over))
                return false;
        }

        return true;
    }

    /// <summary>Past days without a file that need one if money moved on them.</summary>
    public IReadOnlyList<DateOnly> Missing => First is { } first && Over is { } over && over >= first
        ? [.. Enumerable.Range(0, over.DayNumber - first.DayNumber + 1).Select(first.AddDays).Where(day => !Delivered.Contains(day))]
        : [];
}
