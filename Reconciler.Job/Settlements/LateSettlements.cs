using System.Text.Json;

namespace Reconciler.Job;

/// <summary>
/// Finds days on which money moved and whose settlement file is overdue. Until it arrives, that money is unproven: the finding has its sums
/// and represents all its orders.
/// </summary>
sealed class LateSettlements(LedgerSet ledgers, SettlementSettings settings, TimeProvider clock)
{
    const string IsExpected = "The settlement file of each day on which money moved arrives in time.";

    /// <summary>Checks all days since the first imported file; before any, the days for which files are fetched.</summary>
    public async Task<IReadOnlyList<Finding>> Find(CancellationToken cancel = default)
    {
        var missing = SettlementDays.Of(await ledgers.Settlement.DeliveredDays(cancel), settings, clock.GetUtcNow()).Missing;
        if (missing.Count == 0)
            return [];
        var moved = await ledgers.Payments.Moved(missing[0], missing[^1], cancel);
        return [.. missing.Where(moved.Contains).Select(day => Late(day, [.. moved[day]]))];
    }

    Finding Late(DateOnly day, IReadOnlyList<MoneyMoved> moved) =>
        FileFinding.Of(Classes.SettlementFileMissing, day, IsExpected, new { day, settings.LateAfterHours, moved }) with
        {
            Measure = JsonSerializer.Serialize(moved),
        };
}
