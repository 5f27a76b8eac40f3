using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>The rule of the price list and of orders: goods under another sku could be received and never be sold.</summary>
static class Sku
{
    public const string BadTitle = "The sku is not valid.";

    public static string Check(string sku) => FieldRules.IsSku(sku) ? sku
        : throw new Problem(400, "bad-sku", BadTitle, $"Use {FieldRules.SkuRule}, e.g. tea-001.");
}
