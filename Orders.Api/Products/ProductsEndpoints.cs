using System.ComponentModel;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;
using Orders.Model;

namespace Orders.Api;

static class ProductsEndpoints
{
    public static void MapProducts(this IEndpointRouteBuilder products)
    {
        products.MapGet("", List).WithName("ListProducts").WithSummary("The price list, sorted by sku")
            .RequireRole(Roles.Orders, Roles.Catalogue).LimitRate(QueryCost.Page)
            .Produces<Page<ProductView>>()
            .ResponseExample(200, new Page<ProductView>([Examples.Product], null));
        products.MapGet("/{sku}", Get).WithName("GetProduct").WithSummary("One entry of the price list")
            .RequireRole(Roles.Orders, Roles.Catalogue)
            .Produces<ProductView>()
            .WithDescription("The ETag header is the entry's version, for If-Match of PUT and If-None-Match of GET.")
            .Produces(StatusCodes.Status304NotModified)
            .ResponseExample(200, Examples.Product).AcceptsPreconditions()
            .ProducesProblem(ProblemTypes.InvalidSku, ProblemTypes.ProductNotFound);
        products.MapPut("/{sku}", Put).WithName("PutProduct").WithSummary("Sets a price; existing orders keep theirs")
            .RequireRole(Roles.Catalogue)
            .Produces<ProductView>().Produces<ProductView>(StatusCodes.Status201Created)
            .WithDescription("With If-Match only if the entry is unchanged; with 'If-None-Match: *' only if it does not exist; otherwise 412.")
            .RequestExample(new ProductRequest("Green tea, 100 g", 1250, "EUR")).AcceptsPreconditions()
            .ResponseExample(200, Examples.Product).ResponseExample(201, Examples.Product)
            .ProducesProblem(ProblemTypes.InvalidProduct, ProblemTypes.InvalidSku);
    }

    static Task<Page<ProductView>> List([AsParameters] Paging paging, HttpContext http, OrdersDb db)
    {
        var after = paging.After("products", text => FieldRules.IsSku(text) ? text : null) ?? "";
        var rows = db.Products.AsNoTracking().Where(product => string.Compare(product.Sku, after) > 0).OrderBy(product => product.Sku);
        return paging.Read("products", rows, ProductView.Of, product => product.Sku, http.RequestAborted);
    }

    static async Task<IResult> Get([Description("The stock keeping unit.")] string sku, HttpContext http, OrdersDb db)
    {
        ProductRules.CheckSku(sku);
        var product = await db.Products.AsNoTracking().SingleOrDefaultAsync(product => product.Sku == sku, http.RequestAborted)
            ?? throw new Problem(ProblemTypes.ProductNotFound, "Check the sku; GET /products lists all products.");
        return Preconditions.IsKnown(http, VersionOf(product)) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(ProductView.Of(product));
    }

    static async Task<IResult> Put(
        [Description("The stock keeping unit.")] string sku, ProductRequest request, HttpContext http, UnitOfWork<OrdersDb> unitOfWork,
        TimeProvider clock)
    {
        ProductRules.CheckSku(sku);
        ProductRules.Check(request);
        var (product, created) = await unitOfWork.Run(work => Set(work, sku, request, http.Request, clock));
        Preconditions.WriteHeaders(http.Response, VersionOf(product));
        var view = ProductView.Of(product);
        return created ? Results.Created($"/products/{sku}", view) : Results.Ok(view);
    }

    /// <summary>
    /// Checks the precondition under the row's lock. The price list is locked before the product, by every change: so changes are numbered
    /// in the order of their commits.
    /// </summary>
    static async Task<(Product Product, bool Created)> Set(UnitOfWorkContext work, string sku, ProductRequest request, HttpRequest http, TimeProvider clock)
    {
        var prices = await PriceList.Lock(work);
        var product = (await work.Lock<Product, string>([sku])).SingleOrDefault();
        Preconditions.Require(http, product is null ? null : VersionOf(product));
        var created = product is null;
        if (product is null)
            work.Db.Add(product = new Product { Sku = sku, Name = "", Currency = "", Version = 1 });

        var before = Price(product);
        if (created || (product.Name, product.UnitPrice, product.Currency) != (request.Name, request.UnitPrice, request.Currency))
        {
            (product.Name, product.UnitPrice, product.Currency) = (request.Name!, request.UnitPrice!.Value, request.Currency!);
            product.UpdatedAt = Now(clock);
            prices.Stamp(product);
            work.Audit("product", sku, created ? "" : before, Price(product), "PutProduct", product.Name);
        }

        return (product, created);
    }

    /// <summary>Whole milliseconds, which every database stores, so that the entity tag is the same now and later.</summary>
    static DateTime Now(TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>Includes the time, so that a version number reused after a restored backup gives another tag.</summary>
    static ResourceVersion VersionOf(Product product) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{product.Version}-{product.UpdatedAt.Ticks:x}"), product.UpdatedAt);

    static string Price(Product product) => $"{product.UnitPrice} {product.Currency}";
}
