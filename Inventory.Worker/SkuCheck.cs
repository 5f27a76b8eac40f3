using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>The sku rule of price list and orders: goods under any other sku could never be sold.</summary>
static class SkuCheck
{
    public static string Check(string sku) => FieldRules.IsSku(sku) ? sku
        : throw new Problem(ProblemTypes.InvalidSku, $"Use {FieldRules.SkuRule}, e.g. tea-001.");
}
