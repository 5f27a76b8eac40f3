using System.Text.Json;

namespace Reconciler.Job;

/// <summary>
/// The days on which money moved and whose settlement file has not come for too long. Until it comes, nothing proves what became of that
/// money: the finding has its sums, and stands for all of its orders.
/// </summary>
sealed class LateSettlements(Ledgers ledgers, SettlementSettings settings, TimeProvider clock)
{
    const string Comes = "The settlement file of each day on which money moved comes in time.";

    /// <summary>Of all days since the first file that came; before any has come, of those for which one is asked.</summary>
    public async Task<IReadOnlyList<Finding>> Find(CancellationToken cancel = default)
    {
        var missing = SettlementDays.Of(await ledgers.Settlement.DeliveredDays(cancel), settings, clock.GetUtcNow()).Missing;
        if (missing.Count == 0)
            return [];
        var moved = await ledgers.Payments.Moved(missing[0], missing[^1], cancel);
        return [.. missing.Where(moved.Contains).Select(day => Late(day, [.. moved[day]]))];
    }

    Finding Late(DateOnly day, IReadOnlyList<MoneyMoved> moved) =>
        FileFinding.Of(Classes.SettlementFileMissing, day, Comes, new { day, settings.LateAfterHours, moved }) with
        {
            Measure = JsonSerializer.Serialize(moved),
        };
}
