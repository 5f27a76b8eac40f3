using OrderSaga.Storefront.Prices;

namespace OrderSaga.Storefront.Pages;

/// <summary>How many pieces a shop can sell, without their number.</summary>
enum Availability
{
    InStock,
    Few,
    SoldOut,
}

/// <summary>A product as a shop shows it.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Name">Name shown to customers.</param>
/// <param name="UnitPrice">Minor units. An order is priced when it is placed: send its <c>total</c> to be refused if a price has changed.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Availability"><c>in-stock</c>, <c>few</c> or <c>sold-out</c>; null if it is unknown: gaps says why. Only an order reserves.</param>
/// <param name="Version">The version of the price. Of two answers, the one with the higher version has the newer price.</param>
sealed record ShopProductView(string Sku, string Name, long UnitPrice, string Currency, string? Availability, long Version);

/// <summary>An entry of the price list with its rendered pages, one for each availability.</summary>
sealed class ShopProduct(PriceChange price)
{
    readonly ShopBody?[] bodies = new ShopBody?[Enum.GetValues<Availability>().Length];

    public string Sku => price.Sku;

    public ShopBody BodyOf(Availability availability) => bodies[(int)availability] ??= ShopBody.Of(new ShopProductPage(ViewOf(availability), []));

    public ShopProductView ViewOf(Availability? availability) =>
        new(price.Sku, price.Name, price.UnitPrice, price.Currency, TextOf(availability), price.Version);

    static string? TextOf(Availability? availability) => availability switch
    {
        Availability.InStock => "in-stock",
        Availability.Few => "few",
        Availability.SoldOut => "sold-out",
        _ => null,
    };
}
