namespace Reconciler.Job;

/// <summary>The time slots of rolling runs, as observed by this process.</summary>
sealed class RollingSlots(ReconciliationSettings settings)
{
    DateTime? current;
    DateTime latest;

    /// <summary>The slot that started since the last call; null on the first call. A slot occurs again if the clock was set back.</summary>
    public (DateTime At, bool IsRepeated)? Next(DateTimeOffset now)
    {
        var (slot, before) = (SlotOf(now.UtcDateTime), current);
        current = slot;
        if (before is null || before == slot)
        {
            latest = before is null ? slot : latest;
            return null;
        }

        var isRepeated = slot <= latest;
        latest = isRepeated ? latest : slot;
        return (slot, isRepeated);
    }

    DateTime SlotOf(DateTime now) =>
        now.Date.AddHours(now.Hour).AddMinutes(now.Minute - (now.Minute % settings.RollingIntervalMinutes));
}
