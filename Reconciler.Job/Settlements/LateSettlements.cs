namespace Reconciler.Job;

/// <summary>
/// The days on which money moved and whose settlement file has not come for too long. Until it comes, nothing proves what became of that
/// money: no capture counts as missing before its file is there.
/// </summary>
sealed class LateSettlements(Ledgers ledgers, SettlementSettings settings, TimeProvider clock)
{
    const string Comes = "The settlement file of each day on which money moved comes in time.";

    /// <summary>Of all days since the first file that came; before any has come, of those for which one is asked.</summary>
    public async Task<IReadOnlyList<Finding>> Find(CancellationToken cancel = default)
    {
        var last = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime.AddHours(-settings.LateAfterHours)).AddDays(-1);
        var delivered = await ledgers.Settlement.DeliveredDays(cancel);
        var first = delivered.Count > 0 ? delivered.Min() : last.AddDays(1 - settings.LookBackDays);
        DateOnly[] missing = settings.LateAfterHours == 0 ? []
            : [.. Enumerable.Range(0, Math.Max(0, last.DayNumber - first.DayNumber + 1)).Select(first.AddDays).Where(day => !delivered.Contains(day))];
        if (missing.Length == 0)
            return [];
        var moved = await ledgers.Payments.Moved(missing[0], missing[^1], cancel);
        return [.. missing.Where(moved.Contains).Select(day => FileFinding.Of(
            Classes.SettlementFileMissing, day, Comes, new { day, settings.LateAfterHours, moved = moved[day] }))];
    }
}
