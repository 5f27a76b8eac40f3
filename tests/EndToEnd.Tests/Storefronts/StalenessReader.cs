using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>
/// A third party, beside the owners and the Storefronts. It knows when a change was committed, reads all Storefronts all the time, and compares.
/// It uses one clock, its own.
/// </summary>
sealed class StalenessReader(IReadOnlyList<ServiceProcess> storefronts, string apiKey, string pricedSku)
{
    /// <summary>A price that rises with each change, and when its commit was acknowledged.</summary>
    readonly ConcurrentStack<(long Price, long At)> prices = [];

    /// <summary>When the last piece of a sku was seen as reserved.</summary>
    readonly ConcurrentDictionary<string, long> soldOut = [];

    readonly ConcurrentQueue<Observation> observations = [];
    volatile string? soldSku;

    /// <summary>What one read showed.</summary>
    /// <param name="Status">Of the answer; 0: there was none.</param>
    /// <param name="PriceStaleness">How long a newer price had been committed when the read began.</param>
    /// <param name="LevelStaleness">How long the sku had been sold out when the read began, if the page did not show it.</param>
    /// <param name="Age">The page's own statement, in seconds.</param>
    public sealed record Observation(int Status, TimeSpan PriceStaleness, TimeSpan LevelStaleness, int Age)
    {
        /// <summary>Age is rounded down to seconds.</summary>
        public bool IsOlderThanItSays => PriceStaleness.TotalSeconds > Age + 1 || LevelStaleness.TotalSeconds > Age + 1;
    }

    /// <summary>From now on this sku is read, too.</summary>
    public void Show(string sku) => soldSku = sku;

    public void Committed(long price) => prices.Push((price, Stopwatch.GetTimestamp()));

    public void SoldOut(string sku) => soldOut[sku] = Stopwatch.GetTimestamp();

    /// <summary>Reads while the events happen; returns what was seen.</summary>
    public async Task<IReadOnlyCollection<Observation>> During(Func<Task> events)
    {
        observations.Clear();
        using var stop = new CancellationTokenSource();
        var readers = Task.WhenAll(storefronts.Select(one => Task.Run(() => ReadAll(one, stop.Token))));
        try
        {
            await events();
        }
        finally
        {
            await stop.CancelAsync();
            await readers;
        }

        return observations;
    }

    /// <summary>Waits until each Storefront was read often, and a time has passed.</summary>
    public Task Reads(TimeSpan time)
    {
        var (watch, before) = (Stopwatch.StartNew(), observations.Count);
        return Eventually.Holds("the Storefronts were read", () => watch.Elapsed >= time && observations.Count >= before + (20 * storefronts.Count));
    }

    async Task ReadAll(ServiceProcess storefront, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = storefront.Url, Timeout = TimeSpan.FromSeconds(5) };
        http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        while (!stop.IsCancellationRequested)
            observations.Enqueue(await Read(http));
    }

    async Task<Observation> Read(HttpClient http)
    {
        var sku = soldSku;
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await http.GetAsync($"shop/products?skus={pricedSku}{(sku is null ? "" : "," + sku)}");
            if (!answer.IsSuccessStatusCode)
                return new Observation((int)answer.StatusCode, default, default, 0);
            var items = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray();
            var price = (long)items.Single(item => (string)item!["sku"]! == pricedSku)!["unitPrice"]!;
            // A new product may not be shown yet; nothing was sold of it then.
            var shown = (string?)items.SingleOrDefault(item => (string)item!["sku"]! == sku)?["availability"];
            return new Observation(200, PriceStaleness(price, began), LevelStaleness(sku, shown, began), (int)answer.Headers.Age!.Value.TotalSeconds);
        }
        catch (Exception none) when (Shop.IsUnavailable(none))
        {
            return new Observation(0, default, default, 0);
        }
    }

    TimeSpan PriceStaleness(long shown, long began)
    {
        var newer = prices.Where(change => change.Price > shown && change.At < began).Select(change => change.At).ToList();
        return newer.Count == 0 ? default : Stopwatch.GetElapsedTime(newer.Min(), began);
    }

    TimeSpan LevelStaleness(string? sku, string? shown, long began) =>
        sku is not null && shown is "in-stock" or "few" && soldOut.TryGetValue(sku!, out var at) && at < began ? Stopwatch.GetElapsedTime(at, began) : default;
}
