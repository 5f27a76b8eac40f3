using System.Globalization;
using OrderSaga.Platform.Http;
using OrderSaga.Storefront.Levels;
using OrderSaga.Storefront.Prices;

namespace OrderSaga.Storefront.Pages;

/// <summary>A source whose data is missing in a page, and why.</summary>
sealed record ShopGap(string Source, string Reason);

/// <param name="Product">The product.</param>
/// <param name="Gaps">Empty if the page is complete.</param>
sealed record ShopProductPage(ShopProductView Product, IReadOnlyList<ShopGap> Gaps);

/// <param name="Items">Sorted by sku, or in the order of the request.</param>
/// <param name="Unknown">The requested skus that are not in the price list.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> to get the next page; null on the last page.</param>
/// <param name="Gaps">Empty if the page is complete.</param>
sealed record ShopProductList(
    IReadOnlyList<ShopProductView> Items, IReadOnlyList<string> Unknown, string? NextCursor, IReadOnlyList<ShopGap> Gaps);

/// <summary>Makes pages of prices and levels in memory.</summary>
sealed class ShopPages(PriceFeed prices, LevelWatch levels, StorefrontSettings settings)
{
    /// <summary>Null if there are no prices, or if they are too old to be shown.</summary>
    public CurrentPrices? Prices => prices.Current is { } current && prices.AgeOf(current).TotalSeconds <= settings.HardSeconds ? current : null;

    public async ValueTask<IResult> Product(CurrentPrices current, ShopProduct product, CancellationToken cancel)
    {
        var reading = levels.Of(product.Sku, cancel);
        var waited = !reading.IsCompleted;
        var level = await reading;
        var body = level is null
            ? ShopBody.Of(new ShopProductPage(product.ViewOf(null), Gaps([level])))
            : product.BodyOf(AvailabilityOf(level));
        return Answer("product", body, current, [level], waited);
    }

    public async ValueTask<IResult> List(
        CurrentPrices current, Page<ShopProduct> page, IReadOnlyList<string> unknown, CancellationToken cancel)
    {
        // All readings begin before the first is awaited, so that they share one query.
        var readings = page.Items.Select(product => levels.Of(product.Sku, cancel)).ToList();
        var waited = readings.Exists(one => !one.IsCompleted);
        var found = new List<Level?>();
        foreach (var one in readings)
            found.Add(await one);
        var items = page.Items.Zip(found, (product, level) => product.ViewOf(level is null ? null : AvailabilityOf(level)));
        return Answer("products", ShopBody.Of(new ShopProductList([.. items], unknown, page.NextCursor, Gaps(found))), current, found, waited);
    }

    IReadOnlyList<ShopGap> Gaps(IEnumerable<Level?> found) => found.Contains(null) ? [new ShopGap("stock", levels.Failure)] : [];

    Availability AvailabilityOf(Level level) => level.Available <= 0 ? Availability.SoldOut
        : level.Available <= settings.FewPieces ? Availability.Few
        : Availability.InStock;

    ShopAnswer Answer(string endpoint, ShopBody body, CurrentPrices current, IReadOnlyList<Level?> found, bool waited)
    {
        var age = prices.AgeOf(current);
        var isComplete = true;
        foreach (var level in found)
        {
            if (level is null)
                isComplete = false;
            else if (levels.AgeOf(level) is var own && own > age)
                age = own;
        }

        StorefrontMetrics.Read(endpoint, !isComplete ? ReadSource.None
            : waited ? ReadSource.Owner
            : age.TotalSeconds > settings.StaleSeconds ? ReadSource.Stale
            : ReadSource.Memory);
        return new ShopAnswer(body, age, isComplete);
    }
}

/// <summary>200 with a page, or 304 if the caller has it. <c>Age</c> is the greatest possible age of what the page shows.</summary>
sealed class ShopAnswer(ShopBody body, TimeSpan age, bool isComplete) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = isComplete ? "private, no-cache" : "no-store";
        if (Preconditions.IsKnown(httpContext, body.Version))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Bytes.Length;
        return response.Body.WriteAsync(body.Bytes, httpContext.RequestAborted).AsTask();
    }
}
