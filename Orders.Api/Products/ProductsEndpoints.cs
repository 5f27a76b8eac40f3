using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;

namespace Orders.Api;

static class ProductsEndpoints
{
    public static void MapProducts(this IEndpointRouteBuilder products)
    {
        products.MapGet("", List).WithName("ListProducts").WithSummary("The price list, by sku")
            .RequireRole(Roles.Orders, Roles.Catalogue)
            .Produces<Page<ProductView>>()
            .ResponseExample(200, new Page<ProductView>([Examples.Product], null))
            .MayFail(400, "invalid-parameter", "A query parameter is not valid.")
            .MayFail(400, "invalid-cursor", "The cursor is not valid.");
        products.MapGet("/{sku}", Get).WithName("GetProduct").WithSummary("One entry of the price list")
            .RequireRole(Roles.Orders, Roles.Catalogue)
            .Produces<ProductView>()
            .ResponseExample(200, Examples.Product)
            .MayFail(400, "invalid-sku", "The sku is not valid.")
            .MayFail(404, "product-not-found", "There is no such product.");
        products.MapPut("/{sku}", Put).WithName("PutProduct").WithSummary("Sets a price; orders that are placed keep theirs")
            .RequireRole(Roles.Catalogue)
            .Produces<ProductView>().Produces<ProductView>(StatusCodes.Status201Created)
            .RequestExample(new ProductRequest("Green tea, 100 g", 1250, "EUR"))
            .ResponseExample(200, Examples.Product).ResponseExample(201, Examples.Product)
            .MayFail(400, "invalid-product", "The product breaks a rule.")
            .MayFail(400, "invalid-sku", "The sku is not valid.");
    }

    static async Task<Page<ProductView>> List(
        [FromQuery, Description("nextCursor of the page before.")] string? cursor,
        [FromQuery, Description("Products on the page: 1 to 100, default 50.")] string? limit,
        HttpContext http,
        OrdersDb db)
    {
        Query.Knows(http, "cursor", "limit");
        var most = Query.Limit(limit);
        var after = Query.Cursor(cursor, text => OrderRules.ValidSku(text) ? text : null) ?? "";
        var rows = await db.Products.AsNoTracking().Where(product => string.Compare(product.Sku, after) > 0)
            .OrderBy(product => product.Sku).Take(most + 1).ToListAsync(http.RequestAborted);
        return Page<ProductView>.Of(rows, most, ProductView.Of, product => Query.Cursor(product.Sku));
    }

    static async Task<ProductView> Get([Description("The stock keeping unit.")] string sku, OrdersDb db, CancellationToken cancel)
    {
        ProductRules.CheckSku(sku);
        return await db.Products.AsNoTracking().SingleOrDefaultAsync(product => product.Sku == sku, cancel) is { } product
            ? ProductView.Of(product)
            : throw new Problem(404, "product-not-found", "There is no such product.", "Check the sku; GET /products lists what there is.");
    }

    static async Task<IResult> Put(
        [Description("The stock keeping unit.")] string sku, ProductRequest request, UnitOfWork<OrdersDb> unitOfWork, TimeProvider clock)
    {
        ProductRules.CheckSku(sku);
        ProductRules.Check(request);
        var (view, created) = await unitOfWork.Run(work => Set(work, sku, request, clock));
        return created ? Results.Created($"/products/{sku}", view) : Results.Ok(view);
    }

    static async Task<(ProductView View, bool Created)> Set(Work work, string sku, ProductRequest request, TimeProvider clock)
    {
        var product = (await work.Lock<Product, string>([sku])).SingleOrDefault();
        var created = product is null;
        if (product is null)
            work.Db.Add(product = new Product { Sku = sku, Name = "", Currency = "", Version = 1 });

        var before = Price(product);
        if (created || (product.Name, product.UnitPrice, product.Currency) != (request.Name, request.UnitPrice, request.Currency))
        {
            (product.Name, product.UnitPrice, product.Currency) = (request.Name!, request.UnitPrice!.Value, request.Currency!);
            product.UpdatedAt = clock.GetUtcNow().UtcDateTime;
            work.Audit("product", sku, created ? "" : before, Price(product), "PutProduct", product.Name);
        }

        return (ProductView.Of(product), created);
    }

    static string Price(Product product) => $"{product.UnitPrice} {product.Currency}";
}
