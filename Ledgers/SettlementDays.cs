namespace OrderSaga.Ledgers;

/// <summary>The UTC days covered by settlement files, and those whose files are overdue.</summary>
/// <param name="Delivered">Days with an imported file.</param>
/// <param name="FirstDay">From this day on, each day on which money moved needs a file; null: none needs one.</param>
/// <param name="LastLateDay">Files of this day and of earlier days are late by now; null: no file is ever late.</param>
public sealed record SettlementDays(IReadOnlySet<DateOnly> Delivered, DateOnly? FirstDay = null, DateOnly? LastLateDay = null)
{
    /// <summary>Maximum difference between the gateway's clock and ours.</summary>
    static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>True if settlement is compared at all.</summary>
    public bool Compared => Delivered.Count > 0 || LastLateDay is not null;

    /// <summary>
    /// True if a file must contain the operation by now. The gateway's clock differs from ours, and it may settle on the next day: any file from
    /// an hour before the request to the day after the answer can contain it. Either all these days have a file, or the day of the answer is
    /// late; a day without operations never gets a file. If the request and the answer are of one day, and that day has no file, the result is
    /// false: that file is reported once, not for each of its orders. The files are those of the gateway
    /// main: money at another one is in none.
    /// </summary>
    public bool MustContain(AttemptEntry attempt)
    {
        if (attempt.Gateway != PaymentEntry.MainGateway)
            return false;
        var (requested, answered) = (DateOnly.FromDateTime(attempt.CreatedAt), DateOnly.FromDateTime(attempt.UpdatedAt));
        var isLate = answered <= LastLateDay && answered >= FirstDay;
        for (var day = DateOnly.FromDateTime(attempt.CreatedAt - ClockSkew); day <= answered.AddDays(1); day = day.AddDays(1))
        {
            var isItsOnlyDay = day == answered && requested == answered;
            if (!Delivered.Contains(day) && (isItsOnlyDay || !isLate))
                return false;
        }

        return true;
    }

    /// <summary>Past days without a file that need one if money moved on them.</summary>
    public IReadOnlyList<DateOnly> Missing => FirstDay is { } first && LastLateDay is { } last && last >= first
        ? [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays).Where(day => !Delivered.Contains(day))]
        : [];
}
