using Quartz;

namespace Reconciler.Job;

/// <summary>The start times of the full run. The run stores its time, which is unique, so each run starts once.</summary>
sealed class NightlySchedule(ReconciliationSettings settings)
{
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);

    /// <summary>
    /// A time of day that occurs twice, at the end of summer time, counts once: the first. (One that does not occur, at its start, moves to
    /// the first moment after the gap, by Quartz.)
    /// </summary>
    public DateTime KeyOf(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, Zone).DateTime;
        return Zone.IsAmbiguousTime(local) ? local - Zone.GetAmbiguousTimeOffsets(local).Max() : time.UtcDateTime;
    }

    /// <summary>The last run that should have started; null before the first.</summary>
    public DateTime? LastDueTime(DateTimeOffset now) =>
        new CronExpression(settings.NightlySchedule, Zone).GetPreviousValidTimeBefore(now) is { } due ? KeyOf(due) : null;
}
