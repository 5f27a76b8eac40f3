using System.Text.RegularExpressions;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>What can be said of an order without looking anything up.</summary>
public static partial class OrderRules
{
    public const int MaxLines = 100;
    public const int MaxQuantity = 1_000_000;

    /// <summary>The gateway takes no larger amount; far below what a long can hold.</summary>
    public const long MaxTotal = 1_000_000_000_000;

    public const string SkuRule = "a sku is 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    public static bool ValidSku(string? sku) => sku is not null && Sku().IsMatch(sku);

    /// <summary>Null when the key is good; otherwise what is wrong with it.</summary>
    public static string? WrongKey(string? key) => key switch
    {
        null or "" => "Choose a key of your own for each order, e.g. a UUID, and send the same one when you repeat the request.",
        _ when !Key().IsMatch(key) => "The key must be 1 to 255 printable ASCII characters without a space at either end.",
        _ => null,
    };

    public static List<ProblemError> Check(OrderRequest order)
    {
        var errors = new List<ProblemError>();
        if (!Currencies.Known(order.Currency))
            errors.Add(new("/currency", "Give an ISO 4217 code in upper case, e.g. EUR."));
        CheckLines(order.Lines ?? [], errors);
        CheckPayment(order.Payment, errors);
        CheckTotal(order, errors);
        if (order.Class is { } name && !PayWithin.ValidClass(name))
            errors.Add(new("/class", $"Give a class that the operator has named to you, or none: {PayWithin.ClassRule}."));
        return errors;
    }

    static void CheckTotal(OrderRequest order, List<ProblemError> errors)
    {
        if (order.Total is not { } total)
            return;
        if (total.Amount is not (>= 1 and <= MaxTotal))
            errors.Add(new("/total/amount", $"Give the total that the customer was shown in minor units, 1 to {MaxTotal}, or leave the total out."));
        if (total.Currency != order.Currency)
            errors.Add(new("/total/currency", "Give the order's currency."));
    }

    static void CheckLines(IReadOnlyList<LineRequest?> lines, List<ProblemError> errors)
    {
        if (lines.Count is 0 or > MaxLines)
        {
            errors.Add(new("/lines", $"Give 1 to {MaxLines} lines."));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i]?.Sku is not { } sku || !ValidSku(sku))
                errors.Add(new($"/lines/{i}/sku", $"Give a sku: {SkuRule}."));
            else if (!seen.Add(sku))
                errors.Add(new($"/lines/{i}/sku", "This sku has a line already; add the quantities up in one line."));
            if (lines[i]?.Quantity is not (>= 1 and <= MaxQuantity))
                errors.Add(new($"/lines/{i}/quantity", $"Give a whole number from 1 to {MaxQuantity}."));
        }
    }

    static void CheckPayment(PaymentRequest? payment, List<ProblemError> errors)
    {
        switch (payment)
        {
            case { Method: "card", Token: var token }:
                if (token is null || !Token().IsMatch(token))
                    errors.Add(new("/payment/token", "Give the gateway's token for the card: 1 to 255 printable ASCII characters without spaces."));
                break;
            case { Method: "hosted", Token: var token }:
                if (token is not null)
                    errors.Add(new("/payment/token", "A hosted payment has no token; leave it out."));
                break;
            default:
                errors.Add(new("/payment/method", "Give card (with a token) or hosted (the customer pays at a url)."));
                break;
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.None, 100)]
    private static partial Regex Sku();

    [GeneratedRegex(@"\A(?! )[\x20-\x7e]{1,255}(?<! )\z", RegexOptions.None, 100)]
    private static partial Regex Key();

    [GeneratedRegex(@"\A[\x21-\x7e]{1,255}\z", RegexOptions.None, 100)]
    private static partial Regex Token();
}
