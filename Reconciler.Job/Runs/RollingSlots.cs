namespace Reconciler.Job;

/// <summary>The slots of the rolling runs, as this process sees them come.</summary>
sealed class RollingSlots(ReconciliationSettings settings)
{
    DateTime? current;
    DateTime latest;

    /// <summary>The slot that has begun since the last look; none at the first look. A slot comes before when the clock was set back.</summary>
    public (DateTime At, bool CameBefore)? Next(DateTimeOffset now)
    {
        var (slot, before) = (SlotOf(now.UtcDateTime), current);
        current = slot;
        if (before is null || before == slot)
        {
            latest = before is null ? slot : latest;
            return null;
        }

        var cameBefore = slot <= latest;
        latest = cameBefore ? latest : slot;
        return (slot, cameBefore);
    }

    DateTime SlotOf(DateTime now) =>
        now.Date.AddHours(now.Hour).AddMinutes(now.Minute - (now.Minute % settings.RollingMinutes));
}
