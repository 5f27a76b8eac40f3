using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace OrderSaga.Storefront.Tests;

/// <summary>Stands in for Orders.Api and Inventory.Worker: their two queries, and what can go wrong with them.</summary>
public sealed class Owners : HttpReceiver
{
    readonly Lock gate = new();
    readonly Dictionary<string, (long Price, long Version)> prices = [];
    readonly ConcurrentDictionary<string, long> levels = [];
    TaskCompletionSource thawed = Answering();
    int levelQueries;

    Owners()
        : base("GET /price-list/changes", "GET /stock-levels")
    {
    }

    /// <summary>Entries in one page of the price list.</summary>
    public int PageSize { get; set; } = 1000;

    public long Version { get; private set; }

    /// <summary>Runs before each page of the price list is read.</summary>
    public Action<long> BeforePage { get; set; } = _ => { };

    /// <summary>The status that the price list answers with, instead of a page; null: a page.</summary>
    public int? PriceFailure { get; set; }

    /// <summary>The same of the stock levels.</summary>
    public int? LevelFailure { get; set; }

    /// <summary>Answers the price list with this text.</summary>
    public string? PriceText { get; set; }

    /// <summary>The skus of each query for levels.</summary>
    public ConcurrentQueue<string[]> LevelQueries { get; } = [];

    public int LevelQueryCount => Volatile.Read(ref levelQueries);

    public static async Task<Owners> Selling(params string[] skus)
    {
        var owners = await Start(new Owners());
        foreach (var sku in skus)
            owners.SetPrice(sku, 100);
        return owners;
    }

    public void SetPrice(string sku, long price)
    {
        lock (gate)
            prices[sku] = (price, ++Version);
    }

    public void SetLevel(string sku, long available) => levels[sku] = available;

    /// <summary>The database is restored: an older list at an older version.</summary>
    public void Restore(string sku, long price)
    {
        lock (gate)
        {
            prices.Clear();
            Version = 0;
            prices[sku] = (price, ++Version);
        }
    }

    /// <summary>Requests are accepted and not answered, as by a process that is stopped.</summary>
    public void Freeze() => thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => thawed.TrySetResult();

    public Dictionary<string, long> Prices()
    {
        lock (gate)
            return prices.ToDictionary(entry => entry.Key, entry => entry.Value.Price);
    }

    protected override async Task Answer(HttpContext http, Received request)
    {
        await thawed.Task.WaitAsync(http.RequestAborted);
        var result = http.Request.Path == "/stock-levels" ? Levels(http.Request.Query["skus"].ToString().Split(',')) : Changes(http.Request);
        await result.ExecuteAsync(http);
    }

    IResult Changes(HttpRequest request)
    {
        var after = long.Parse(request.Query["after"].ToString());
        BeforePage(after);
        if (PriceFailure is { } status)
            return Results.StatusCode(status);
        if (PriceText is { } text)
            return Results.Text(text, "application/json");
        lock (gate)
        {
            var changed = prices.Where(entry => entry.Value.Version > after).OrderBy(entry => entry.Value.Version).ToList();
            var items = changed.Take(PageSize)
                .Select(entry => new { sku = entry.Key, name = entry.Key, unitPrice = entry.Value.Price, currency = "EUR", version = entry.Value.Version });
            return Results.Json(new { version = Version, items, more = changed.Count > PageSize });
        }
    }

    IResult Levels(string[] skus)
    {
        Interlocked.Increment(ref levelQueries);
        LevelQueries.Enqueue(skus);
        return LevelFailure is { } status ? Results.StatusCode(status)
            : Results.Json(new { items = skus.Where(levels.ContainsKey).Select(sku => new { sku, available = levels[sku] }) });
    }

    static TaskCompletionSource Answering()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
