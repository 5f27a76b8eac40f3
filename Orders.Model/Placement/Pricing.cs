using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>Prices the lines of a checked order from the price list, or throws why that is impossible.</summary>
static class Pricing
{
    public static (IReadOnlyList<OrderItem> Lines, long Total) Price(OrderRequest order, IReadOnlyDictionary<string, Product?> products)
    {
        var unknown = LineError(order, line => products[line.Sku!] is null, _ => "This sku is not in the price list; GET /products lists all skus.");
        if (unknown.Count > 0)
            throw Refused(ProblemTypes.UnknownSku, unknown);

        var foreign = LineError(order, line => products[line.Sku!]!.Currency != order.Currency,
            line => $"This sku is priced in {products[line.Sku!]!.Currency}; order it in that currency.");
        if (foreign.Count > 0)
            throw Refused(ProblemTypes.CurrencyDiffers, foreign);

        List<OrderItem> lines = [.. order.Lines!.Select(line => new OrderItem(line!.Sku!, line.Quantity!.Value, products[line.Sku!]!.UnitPrice))];
        return (lines, MatchesShownTotal(order, Total(lines)));
    }

    /// <summary>The customer must not pay another total than the one shown.</summary>
    static long MatchesShownTotal(OrderRequest order, long total) => order.Total is null || order.Total.Amount == total ? total
        : throw new Problem(ProblemTypes.PriceChanged,
            $"/total: the total is now {total} {order.Currency}, not {order.Total.Amount}. Nothing was placed. Show the new total, then order with it.")
        {
            Errors = [new("/total", $"The total is now {total} {order.Currency}, not {order.Total.Amount}.")],
            Members = new Dictionary<string, object?> { ["total"] = new Money(total, order.Currency!) },
        };

    static long Total(List<OrderItem> lines)
    {
        Int128 total = 0;
        foreach (var line in lines)
            total += (Int128)line.UnitPrice * line.Quantity;
        return total <= FieldRules.MaxTotal
            ? (long)total
            : throw Refused(ProblemTypes.TotalTooLarge,
                [new("/lines", $"The total would be {total}; the maximum is {FieldRules.MaxTotal} minor units.")]);
    }

    static List<ProblemError> LineError(OrderRequest order, Func<LineRequest, bool> wrong, Func<LineRequest, string> detail) =>
        [.. order.Lines!.Select((line, i) => (line: line!, i)).Where(x => wrong(x.line)).Select(x => new ProblemError($"/lines/{x.i}/sku", detail(x.line)))];

    static Problem Refused(ProblemType type, List<ProblemError> errors) =>
        new(type, $"{errors[0].Pointer}: {errors[0].Detail} Nothing was placed.") { Errors = errors };
}
