using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Storefront.Levels;

/// <summary>What Inventory.Worker answers to <c>GET /stock-levels</c>.</summary>
sealed record StockLevels(IReadOnlyList<AvailableStock> Items);

sealed record AvailableStock(string Sku, long Available);

/// <summary>
/// The stock levels of the skus that pages show. All watched skus are read together at an interval, so any number of readers costs
/// Inventory.Worker the same. A sku that is not watched yet is read at once, together with the others that wait.
/// </summary>
sealed class LevelWatch : IPeriodicJob, IHealthCheck, IAsyncDisposable
{
    const int MaxSkus = 500;

    /// <summary>Kestrel accepts request lines of 8,192 bytes.</summary>
    const int MaxQueryLength = 7000;

    readonly ConcurrentDictionary<string, WatchedSku> watched = new(StringComparer.Ordinal);
    readonly CancellationTokenSource stop = new();
    readonly Batcher<WatchedSku> first;
    readonly OwnerClient stock;
    readonly StorefrontSettings settings;
    readonly TimeProvider clock;

    public LevelWatch(OwnerClient stock, StorefrontSettings settings, TimeProvider clock)
    {
        (this.stock, this.settings, this.clock) = (stock, settings, clock);
        first = new Batcher<WatchedSku>(MaxSkus, batch => Read(batch.Where(sku => Usable(sku) is null).Distinct(), stop.Token));
    }

    /// <summary>Why levels are missing, if they are.</summary>
    public string Failure => stock.Failure ?? "no answer in time";

    /// <summary>How many skus are watched.</summary>
    public int Count => watched.Count;

    /// <summary>The age of the oldest level that is watched.</summary>
    public TimeSpan OldestAge => watched.Values.Select(sku => sku.Level).OfType<Level>().Select(AgeOf).DefaultIfEmpty().Max();

    /// <summary>The greatest possible age: the time since its query was sent.</summary>
    public TimeSpan AgeOf(Level level) => clock.GetElapsedTime(level.Since);

    /// <summary>The level, and from now on it is watched; null if it is unknown or too old. It waits only for a first level.</summary>
    public ValueTask<Level?> Of(string sku, CancellationToken cancel)
    {
        var entry = Watch(sku);
        entry.LastRead = clock.GetTimestamp();
        // While the owner does not answer, a page must not wait for it.
        return Usable(entry) is { } level ? new(level) : stock.Failure is not null ? new((Level?)null) : new(First(entry, cancel));
    }

    /// <summary>
    /// Reads the levels of all watched skus, and forgets those that no page shows any more. While the owner does not answer none is forgotten:
    /// the next answer tells that it is back.
    /// </summary>
    public async Task Run(CancellationToken cancel)
    {
        if (stock.Failure is null)
            foreach (var entry in watched.Where(entry => clock.GetElapsedTime(entry.Value.LastRead).TotalSeconds > settings.WatchSeconds))
                watched.TryRemove(entry);
        await Read(watched.Values, cancel);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(stock.Failure is { } reason ? HealthCheckResult.Degraded($"No stock levels: {reason}.") : HealthCheckResult.Healthy());

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await first.DisposeAsync();
        stop.Dispose();
    }

    /// <summary>A crawler must not make all skus watched: beyond the limit each request reads its levels itself.</summary>
    WatchedSku Watch(string sku) => watched.TryGetValue(sku, out var known) ? known
        : watched.Count < settings.MaxWatchedSkus ? watched.GetOrAdd(sku, static name => new WatchedSku(name))
        : new WatchedSku(sku);

    async Task<Level?> First(WatchedSku sku, CancellationToken cancel)
    {
        try
        {
            await first.Add(sku).WaitAsync(TimeSpan.FromMilliseconds(settings.LevelWaitMilliseconds), clock, cancel);
        }
        catch (TimeoutException)
        {
            // The page is shown without it; the watch goes on.
        }

        return Usable(sku);
    }

    Level? Usable(WatchedSku sku) => sku.Level is { } level && AgeOf(level).TotalSeconds <= settings.HardSeconds ? level : null;

    async Task Read(IEnumerable<WatchedSku> skus, CancellationToken cancel)
    {
        foreach (var part in Parts(skus))
        {
            var sent = clock.GetTimestamp();
            if (await stock.Query<StockLevels>("stock-levels?skus=" + string.Join(',', part.Select(sku => sku.Name)), cancel) is not { } answer)
                return;
            var available = answer.Items.ToDictionary(item => item.Sku, item => item.Available, StringComparer.Ordinal);
            // A sku without a stock record has no pieces.
            part.ForEach(sku => sku.Set(new Level(available.GetValueOrDefault(sku.Name), sent)));
        }
    }

    static IEnumerable<List<WatchedSku>> Parts(IEnumerable<WatchedSku> skus)
    {
        var (part, length) = (new List<WatchedSku>(), 0);
        foreach (var sku in skus)
        {
            if (part.Count == MaxSkus || length + sku.Name.Length > MaxQueryLength)
            {
                yield return part;
                (part, length) = ([], 0);
            }

            part.Add(sku);
            length += sku.Name.Length + 1;
        }

        if (part.Count > 0)
            yield return part;
    }
}
