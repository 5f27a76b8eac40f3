namespace OrderSaga.Settlements;

/// <summary>A day on which money moved and whose settlement file is overdue.</summary>
public sealed record LateDay(DateOnly Day, int LateAfterHours, IReadOnlyList<MoneyMoved> Moved);

/// <summary>
/// Finds days on which money moved and whose settlement file is overdue. Until it arrives, that money is unproven: the day has its sums and
/// represents all its orders.
/// </summary>
public sealed class LateSettlements(LedgerSet ledgers, SettlementTermsSource terms, SettlementSettings settings)
{
    public async Task<IReadOnlyList<LateDay>> Find(CancellationToken cancel = default)
    {
        var missing = (await terms.Days(cancel)).Missing;
        if (missing.Count == 0)
            return [];
        var moved = await ledgers.Payments.Moved(missing[0], missing[^1], cancel);
        return [.. missing.Where(moved.Contains).Select(day => new LateDay(day, settings.LateAfterHours, [.. moved[day]]))];
    }
}
