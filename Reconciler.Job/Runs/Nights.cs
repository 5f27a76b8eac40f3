using Quartz;

namespace Reconciler.Job;

/// <summary>The times of the full run, each with one name: the time that is the run's key.</summary>
sealed class Nights(ReconciliationSettings settings)
{
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);

    /// <summary>
    /// A time of day that comes twice, when summer time ends, is one night: its first one. (One that does not come at all, when it begins, is the first
    /// moment after the gap, says Quartz.)
    /// </summary>
    public DateTime KeyOf(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, Zone).DateTime;
        return Zone.IsAmbiguousTime(local) ? local - Zone.GetAmbiguousTimeOffsets(local).Max() : time.UtcDateTime;
    }

    /// <summary>The last one that should have begun; none before the first.</summary>
    public DateTime? Last(DateTimeOffset now) =>
        new CronExpression(settings.Nightly, Zone).GetPreviousValidTimeBefore(now) is { } due ? KeyOf(due) : null;
}
