using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>Checks that need no look-up: <see cref="FieldRules"/>, with messages for the caller.</summary>
public static class OrderRules
{
    public static readonly string SkuRule = $"a sku is {FieldRules.SkuRule}";

    /// <summary>Returns null for a valid key, otherwise what is wrong.</summary>
    public static string? CheckKey(string? key) => key switch
    {
        null or "" => "Choose a new key for each order, e.g. a UUID, and send the same key when you repeat the request.",
        _ when !FieldRules.IsIdempotencyKey(key) =>
            $"The key must be 1 to {FieldRules.MaxIdempotencyKeyLength} printable ASCII characters without a space at either end.",
        _ => null,
    };

    public static List<ProblemError> Check(OrderRequest order)
    {
        var errors = new List<ProblemError>();
        if (!Currencies.IsKnown(order.Currency))
            errors.Add(new("/currency", "Use an ISO 4217 code in upper case, e.g. EUR."));
        CheckLines(order.Lines ?? [], errors);
        CheckPayment(order.Payment, errors);
        CheckTotal(order, errors);
        if (order.Class is { } name && !FieldRules.IsClass(name))
            errors.Add(new("/class", $"Use a class configured by the operator, or omit it. A class is {FieldRules.ClassRule}."));
        return errors;
    }

    static void CheckTotal(OrderRequest order, List<ProblemError> errors)
    {
        if (order.Total is not { } total)
            return;
        if (total.Amount is not (>= 1 and <= FieldRules.MaxTotal))
            errors.Add(new("/total/amount", $"Use the total shown to the customer in minor units, 1 to {FieldRules.MaxTotal}, or omit the total."));
        if (total.Currency != order.Currency)
            errors.Add(new("/total/currency", "Use the order's currency."));
    }

    static void CheckLines(IReadOnlyList<LineRequest?> lines, List<ProblemError> errors)
    {
        if (lines.Count is 0 or > FieldRules.MaxLines)
        {
            errors.Add(new("/lines", $"Send 1 to {FieldRules.MaxLines} lines."));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i]?.Sku is not { } sku || !FieldRules.IsSku(sku))
                errors.Add(new($"/lines/{i}/sku", $"Use a valid sku: {SkuRule}."));
            else if (!seen.Add(sku))
                errors.Add(new($"/lines/{i}/sku", "Another line has this sku; add up the quantities in one line."));
            if (lines[i]?.Quantity is not (>= 1 and <= FieldRules.MaxQuantity))
                errors.Add(new($"/lines/{i}/quantity", $"Use a whole number from 1 to {FieldRules.MaxQuantity}."));
        }
    }

    static void CheckPayment(PaymentRequest? payment, List<ProblemError> errors)
    {
        if (payment?.Method is not (FieldRules.Card or FieldRules.Hosted))
            errors.Add(new("/payment/method", "Use card (with a token) or hosted (the customer pays on a hosted page)."));
        else if (!FieldRules.IsPayment(new PaymentInstruction(payment.Method, payment.Token)))
            errors.Add(new("/payment/token", payment.Method == FieldRules.Hosted
                ? "A hosted payment has no token; omit it."
                : $"Send the gateway's token for the card: 1 to {FieldRules.MaxTokenLength} printable ASCII characters without spaces."));
    }
}
