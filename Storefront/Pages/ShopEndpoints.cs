using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Storefront.Pages;

/// <summary>Which products a page shows.</summary>
sealed class ShopFilter : Paging
{
    [FromQuery(Name = "skus"), Description("Only these skus: 1 to 100, separated by commas. Without cursor and limit.")]
    public string? Skus { get; init; }
}

static class ShopEndpoints
{
    const int MaxSkus = 100;
    const string ListName = "shop-products";

    const string Freshness = "Age is the greatest possible age of the page's data in seconds. An order is priced and reserved when it is placed: "
        + "a page promises neither. While stock levels are missing, availability is null and gaps says why.";

    static readonly ShopProductView Example = new("tea-001", "Green tea, 100 g", 1250, "EUR", "in-stock", 17);

    public static void Map(IEndpointRouteBuilder app)
    {
        var shop = app.MapGroup("/shop/products").WithTags("Shop").RequireRole(Roles.Orders, Roles.Catalogue)
            .ProducesProblem(ProblemTypes.PricesUnavailable);
        shop.MapGet("", List).WithName("ListShopProducts").WithSummary("Prices and availability for a shop's pages")
            .WithDescription(Freshness)
            .Produces<ShopProductList>().Produces(StatusCodes.Status304NotModified).AcceptsPreconditions()
            .ResponseExample(200, new ShopProductList([Example], [], null, []));
        shop.MapGet("/{sku}", Get).WithName("GetShopProduct").WithSummary("Price and availability of one product")
            .WithDescription(Freshness)
            .Produces<ShopProductPage>().Produces(StatusCodes.Status304NotModified).AcceptsPreconditions()
            .ResponseExample(200, new ShopProductPage(Example, []))
            .ProducesProblem(ProblemTypes.InvalidSku, ProblemTypes.ProductNotFound);
    }

    static async ValueTask<IResult> Get([Description("The stock keeping unit.")] string sku, ShopPages pages, CancellationToken cancel)
    {
        if (pages.Prices is not { } prices)
            return Unavailable("product");
        if (prices.Snapshot.Find(sku) is { } product)
            return await pages.Product(prices, product, cancel);
        throw FieldRules.IsSku(sku)
            ? new Problem(ProblemTypes.ProductNotFound, "Check the sku; GET /shop/products lists all products.")
            : new Problem(ProblemTypes.InvalidSku, $"Use a valid sku: a sku is {FieldRules.SkuRule}.");
    }

    static async ValueTask<IResult> List([AsParameters] ShopFilter filter, ShopPages pages, CancellationToken cancel)
    {
        if (pages.Prices is not { } prices)
            return Unavailable("products");
        if (filter.Skus is not null)
        {
            var skus = Requested(filter);
            var found = skus.Select(prices.Snapshot.Find).OfType<ShopProduct>().ToList();
            return await pages.List(prices, new Page<ShopProduct>(found, null), [.. skus.Where(sku => prices.Snapshot.Find(sku) is null)], cancel);
        }

        var after = filter.After(ListName, text => FieldRules.IsSku(text) ? text : null) ?? "";
        var page = filter.Of(ListName, prices.Snapshot.After(after), product => product, product => product.Sku);
        return await pages.List(prices, page, [], cancel);
    }

    static List<string> Requested(ShopFilter filter)
    {
        if (filter.Cursor is not null || filter.Limit is not null)
            throw Query.Invalid("skus", "Send skus, or cursor and limit, but not both.");
        var skus = filter.Skus!.Split(',');
        return skus.Length <= MaxSkus && skus.All(FieldRules.IsSku) ? [.. skus.Distinct()]
            : throw Query.Invalid("skus", $"Use 1 to {MaxSkus} skus separated by commas; a sku is {FieldRules.SkuRule}.");
    }

    /// <summary>No exception: while the owner is unavailable, every request ends here.</summary>
    static UnavailablePrices Unavailable(string endpoint)
    {
        StorefrontMetrics.Read(endpoint, ReadSource.None);
        return new UnavailablePrices();
    }
}

sealed class UnavailablePrices : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.Refuse(new Problem(ProblemTypes.PricesUnavailable,
        "This process has no prices that are recent enough. Send the same request again after the seconds in Retry-After.") { RetryAfter = 1 });
}
