using System.ComponentModel.DataAnnotations;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using Orders.Model;

namespace Orders.Api;

/// <summary>A price to set.</summary>
/// <param name="Name">Name shown to customers, 1 to 200 characters.</param>
/// <param name="UnitPrice">Minor units, at least 1.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record ProductRequest(
    [property: MinLength(1), MaxLength(FieldRules.MaxProductNameLength)] string? Name,
    [property: Range(1d, FieldRules.MaxUnitPrice)] long? UnitPrice,
    [property: RegularExpression(FieldRules.CurrencyPattern)] string? Currency);

/// <summary>An entry of the price list.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Name">Name shown to customers.</param>
/// <param name="UnitPrice">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="UpdatedAt">UTC.</param>
public sealed record ProductView(string Sku, string Name, long UnitPrice, string Currency, DateTime UpdatedAt)
{
    internal static ProductView Of(Product product) => new(product.Sku, product.Name, product.UnitPrice, product.Currency, product.UpdatedAt);
}

static class ProductRules
{
    public static void CheckSku(string sku)
    {
        if (!FieldRules.IsSku(sku))
            throw new Problem(ProblemTypes.InvalidSku, $"Use a valid sku: a sku is {FieldRules.SkuRule}.");
    }

    public static void Check(ProductRequest product)
    {
        var errors = new List<ProblemError>();
        if (!FieldRules.IsProductName(product.Name))
            errors.Add(new("/name", $"Use a name of 1 to {FieldRules.MaxProductNameLength} printable characters."));
        if (product.UnitPrice is not (>= 1 and <= FieldRules.MaxUnitPrice))
            errors.Add(new("/unitPrice", $"Use the price of one piece in minor units (cents), 1 to {FieldRules.MaxUnitPrice}."));
        if (!Currencies.IsKnown(product.Currency))
            errors.Add(new("/currency", "Use an ISO 4217 code in upper case, e.g. EUR."));
        if (errors.Count > 0)
            throw new Problem(ProblemTypes.InvalidProduct, $"{errors[0].Pointer}: {errors[0].Detail} Nothing was changed.")
            {
                Errors = errors,
            };
    }
}
