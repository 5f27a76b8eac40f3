namespace Reconciler.Job;

/// <summary>What the rules need to know beside the story, as it is now.</summary>
sealed class RuleTermsSource(Ledgers ledgers, SettlementSettings settings, TimeProvider clock)
{
    public async Task<RuleTerms> Read(CancellationToken cancel = default) => new(
        settings.Schedules, SettlementDays.Of(await ledgers.Settlement.DeliveredDays(cancel), settings, clock.GetUtcNow()));
}
