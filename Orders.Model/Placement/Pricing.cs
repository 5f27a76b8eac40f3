using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>Prices the lines of a checked order from the price list.</summary>
static class Pricing
{
    /// <summary>Returns null, or why the order cannot be placed at these prices.</summary>
    public static Problem? Price(
        OrderRequest order, IReadOnlyDictionary<string, Product?> products, out List<OrderItem> lines, out long total)
    {
        lines = [];
        total = 0;
        var unknown = LineErrors(order, line => products[line.Sku!] is null, _ => "This sku is not in the price list; GET /products lists all skus.");
        if (unknown.Count > 0)
            return Refusal(ProblemTypes.UnknownSku, unknown);

        var foreign = LineErrors(order, line => products[line.Sku!]!.Currency != order.Currency,
            line => $"This sku is priced in {products[line.Sku!]!.Currency}; order it in that currency.");
        if (foreign.Count > 0)
            return Refusal(ProblemTypes.CurrencyDiffers, foreign);

        lines = [.. order.Lines!.Select(line => new OrderItem(line!.Sku!, line.Quantity!.Value, products[line.Sku!]!.UnitPrice))];
        var sum = lines.Aggregate((Int128)0, (before, line) => before + ((Int128)line.UnitPrice * line.Quantity));
        if (sum > FieldRules.MaxTotal)
            return Refusal(ProblemTypes.TotalTooLarge, [new("/lines", $"The total would be {sum}; the maximum is {FieldRules.MaxTotal} minor units.")]);
        total = (long)sum;
        return order.Total is null || order.Total.Amount == total ? null : PriceChanged(order, total);
    }

    /// <summary>The customer must not pay another total than the one shown.</summary>
    static Problem PriceChanged(OrderRequest order, long total) => new(ProblemTypes.PriceChanged,
        $"/total: the total is now {total} {order.Currency}, not {order.Total!.Amount}. Nothing was placed. Show the new total, then order with it.")
    {
        Errors = [new("/total", $"The total is now {total} {order.Currency}, not {order.Total.Amount}.")],
        Members = new Dictionary<string, object?> { ["total"] = new Money(total, order.Currency!) },
    };

    static List<ProblemError> LineErrors(OrderRequest order, Func<LineRequest, bool> wrong, Func<LineRequest, string> detail) =>
        [.. order.Lines!.Select((line, i) => (line: line!, i)).Where(x => wrong(x.line)).Select(x => new ProblemError($"/lines/{x.i}/sku", detail(x.line)))];

    static Problem Refusal(ProblemType type, List<ProblemError> errors) =>
        new(type, $"{errors[0].Pointer}: {errors[0].Detail} Nothing was placed.") { Errors = errors };
}
