using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Storefront.Prices;

/// <summary>What Orders.Api answers to <c>GET /price-list/changes</c>.</summary>
sealed record PriceChanges(long Version, IReadOnlyList<PriceChange> Items, bool More);

/// <summary>An entry of the price list and the version of its last change.</summary>
sealed record PriceChange(string Sku, string Name, long UnitPrice, string Currency, long Version);

/// <summary>A snapshot, and since when it is known to be the current one.</summary>
/// <param name="Snapshot">The prices.</param>
/// <param name="Since">Timestamp of this process's steady clock, taken before the query that confirmed the snapshot was sent.</param>
sealed record CurrentPrices(PriceSnapshot Snapshot, long Since);

/// <summary>
/// Copies the price list. A copy is shown only when it is whole; then the feed asks for what is new. One feed for all readers, so any number
/// of readers costs Orders.Api the same.
/// </summary>
sealed class PriceFeed(OwnerClient orders, StorefrontSettings settings, TimeProvider clock) : IPeriodicJob, IHealthCheck
{
    CurrentPrices? current;

    /// <summary>Null before the first whole copy.</summary>
    public CurrentPrices? Current => Volatile.Read(ref current);

    /// <summary>
    /// The greatest possible age of the copy: the time since the query that confirmed it. It needs no clock of another machine.
    /// </summary>
    public TimeSpan AgeOf(CurrentPrices prices) => clock.GetElapsedTime(prices.Since);

    public async Task Run(CancellationToken cancel)
    {
        var before = Current?.Snapshot ?? PriceSnapshot.Empty;
        var next = await Read(before, cancel);
        // A lower version: the owner's database was restored. Nothing of the old copy is certain.
        if (next is { Snapshot: var copy } && copy.Version < before.Version)
            next = await Read(PriceSnapshot.Empty, cancel);
        if (next is not null)
            Volatile.Write(ref current, next);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Current is not { } prices || AgeOf(prices).TotalSeconds > settings.HardSeconds
            ? HealthCheckResult.Unhealthy("There are no prices, or they are too old.")
            : AgeOf(prices).TotalSeconds > settings.StaleSeconds ? HealthCheckResult.Degraded("The prices are stale.") : HealthCheckResult.Healthy());

    /// <summary>
    /// Reads on until nothing follows. An entry that changes meanwhile moves to the end and is read there; so no entry is missed. Null if a
    /// page gets no answer: what was read so far is not whole.
    /// </summary>
    async Task<CurrentPrices?> Read(PriceSnapshot from, CancellationToken cancel)
    {
        List<PriceChange> changes = [];
        for (var after = from.Version; ; after = changes[^1].Version)
        {
            var sent = clock.GetTimestamp();
            if (await orders.Query<PriceChanges>($"price-list/changes?after={after}", cancel) is not { } page)
                return null;
            changes.AddRange(page.Items);
            if (!page.More)
                return new CurrentPrices(from.With(changes, page.Version), sent);
        }
    }
}
