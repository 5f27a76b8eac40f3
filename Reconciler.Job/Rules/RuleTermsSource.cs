namespace Reconciler.Job;

/// <summary>Reads the current input of the rules.</summary>
sealed class RuleTermsSource(LedgerSet ledgers, SettlementSettings settings, TimeProvider clock)
{
    public async Task<RuleTerms> Read(CancellationToken cancel = default) => new(
        settings.Schedules, SettlementDays.Of(await ledgers.Settlement.DeliveredDays(cancel), settings, clock.GetUtcNow()));
}
