using System.Runtime.CompilerServices;

namespace Reconciler.Job;

/// <summary>
/// The days on which money moved and whose settlement file has not come for too long. Until it comes, nothing proves what became of that
/// money: no capture counts as missing before its file is there.
/// </summary>
sealed class LateSettlements(Ledgers ledgers, SettlementSettings settings, TimeProvider clock)
{
    const string Comes = "The settlement file of each day on which money moved comes in time.";

    public async IAsyncEnumerable<Finding> Find([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (settings.LateAfterHours == 0)
            yield break;
        var last = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime.AddHours(-settings.LateAfterHours)).AddDays(-1);
        var delivered = await ledgers.Settlement.DeliveredDays(cancel);
        for (var day = last.AddDays(1 - settings.LookBackDays); day <= last; day = day.AddDays(1))
        {
            if (delivered.Contains(day) || await ledgers.Payments.Moved(day, cancel) is not { Count: > 0 } moved)
                continue;
            yield return FileFinding.Of(Classes.SettlementFileMissing, day, Comes, new { day, settings.LateAfterHours, moved });
        }
    }
}
