using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;
using OrderSaga.Storefront.Levels;
using OrderSaga.Storefront.Prices;

namespace OrderSaga.Storefront;

/// <summary>Where the data of a page came from.</summary>
static class ReadSource
{
    public const string Memory = "memory";

    /// <summary>From memory, older than <see cref="StorefrontSettings.StaleSeconds"/>.</summary>
    public const string Stale = "stale";

    /// <summary>The page waited for the first level of a sku.</summary>
    public const string Owner = "owner";

    /// <summary>Prices or a level were missing.</summary>
    public const string None = "none";
}

static class StorefrontMetrics
{
    static readonly Counter<long> Reads = Instruments.Meter.CreateCounter<long>("ordersaga.reads", "{read}", "Shop pages, by endpoint and source");

    public static void Read(string endpoint, string source) => Reads.Add(1, new("endpoint", endpoint), new("source", source));

    /// <summary>Shows the ages of both feeds.</summary>
    public static void Show(PriceFeed prices, LevelWatch levels) => Instruments.Meter.CreateObservableGauge("ordersaga.storefront.age", () =>
        (prices.Current is { } current ? new[] { Age("prices", prices.AgeOf(current)) } : []).Append(Age("levels", levels.OldestAge)),
        "s", "Age of the prices, and of the oldest level that is watched");

    static Measurement<double> Age(string feed, TimeSpan age) => new(age.TotalSeconds, new KeyValuePair<string, object?>("feed", feed));
}
