using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>A new order. Prices come from the price list.</summary>
/// <param name="Currency">ISO 4217 code; every sku must be priced in it.</param>
/// <param name="Lines">1 to 100 lines, each sku at most once.</param>
/// <param name="Payment">How the customer pays.</param>
/// <param name="Class">Optional: an order class configured by the operator, for example a flash sale with less time to pay.</param>
/// <param name="Total">Optional: the total shown to the customer. If the price list gives another, nothing is placed (422
/// price-changed).</param>
/// <param name="Customer">Optional: your own reference of the customer, e.g. a customer number. Rules can depend on it.</param>
/// <param name="CustomerRole">Optional: what the customer is to you, e.g. <c>staff</c>. Rules can depend on it.</param>
public sealed record OrderRequest(
    [property: RegularExpression(FieldRules.CurrencyPattern)] string? Currency,
    [property: MinLength(1), MaxLength(FieldRules.MaxLines)] IReadOnlyList<LineRequest?>? Lines,
    PaymentRequest? Payment,
    // Omitted if null: keys placed before this member existed keep their hash.
    [property: RegularExpression(FieldRules.ClassPattern), MaxLength(FieldRules.MaxClassLength)]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Class = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TotalRequest? Total = null,
    [property: RegularExpression(FieldRules.CustomerPattern), MaxLength(FieldRules.MaxCustomerLength)]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Customer = null,
    [property: RegularExpression(FieldRules.CustomerRolePattern), MaxLength(FieldRules.MaxCustomerRoleLength)]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CustomerRole = null)
{
    public static OrderRequest Of(SubmitOrder order) => new(
        order.Currency,
        order.Lines?.Select(line => line is null ? null : new LineRequest(line.Sku, line.Quantity)).ToList(),
        order.Payment is null ? null : new PaymentRequest(order.Payment.Method, order.Payment.Token),
        order.Class, order.Total is null ? null : new TotalRequest(order.Total.Amount, order.Total.Currency), order.Customer, order.CustomerRole);

    /// <summary>Checks what needs no look-up: <see cref="FieldRules"/>, with messages for the caller.</summary>
    internal List<ProblemError> Check()
    {
        var errors = new List<ProblemError>();
        if (!Currencies.IsKnown(Currency))
            errors.Add(new("/currency", "Use an ISO 4217 code in upper case, e.g. EUR."));
        CheckLines(Lines ?? [], errors);
        CheckPayment(errors);
        CheckTotal(errors);
        if (Class is not null && !FieldRules.IsClass(Class))
            errors.Add(new("/class", $"Use a class configured by the operator, or omit it. A class is {FieldRules.ClassRule}."));
        if (Customer is not null && !FieldRules.IsCustomer(Customer))
            errors.Add(new("/customer", $"Use 1 to {FieldRules.MaxCustomerLength} printable ASCII characters without spaces, or omit it."));
        if (CustomerRole is not null && !FieldRules.IsCustomerRole(CustomerRole))
            errors.Add(new("/customerRole",
                $"Use 1 to {FieldRules.MaxCustomerRoleLength} of a-z, 0-9, '.', '_' and '-', the first a letter or a digit, or omit it."));
        return errors;
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
                errors.Add(new($"/lines/{i}/sku", $"Use a valid sku: a sku is {FieldRules.SkuRule}."));
            else if (!seen.Add(sku))
                errors.Add(new($"/lines/{i}/sku", "Another line has this sku; add up the quantities in one line."));
            if (lines[i]?.Quantity is not (>= 1 and <= FieldRules.MaxQuantity))
                errors.Add(new($"/lines/{i}/quantity", $"Use a whole number from 1 to {FieldRules.MaxQuantity}."));
        }
    }

    void CheckPayment(List<ProblemError> errors)
    {
        if (Payment?.Method is not (FieldRules.Card or FieldRules.Hosted))
            errors.Add(new("/payment/method", "Use card (with a token) or hosted (the customer pays on a hosted page)."));
        else if (!FieldRules.IsPayment(new PaymentInstruction(Payment.Method, Payment.Token)))
            errors.Add(new("/payment/token", Payment.Method == FieldRules.Hosted
                ? "A hosted payment has no token; omit it."
                : $"Send the gateway's token for the card: 1 to {FieldRules.MaxTokenLength} printable ASCII characters without spaces. "
                    + "A card number is refused."));
    }

    void CheckTotal(List<ProblemError> errors)
    {
        if (Total is null)
            return;
        if (Total.Amount is not (>= 1 and <= FieldRules.MaxTotal))
            errors.Add(new("/total/amount", $"Use the total shown to the customer in minor units, 1 to {FieldRules.MaxTotal}, or omit the total."));
        if (Total.Currency != Currency)
            errors.Add(new("/total/currency", "Use the order's currency."));
    }

    /// <summary>The same order gives the same hash over HTTP and the bus, whatever its white space or member order.</summary>
    internal string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web)));
}

/// <summary>One line of the order.</summary>
/// <param name="Sku">As in the price list.</param>
/// <param name="Quantity">1 to 1,000,000 pieces.</param>
public sealed record LineRequest(
    [property: RegularExpression(FieldRules.SkuPattern), MaxLength(FieldRules.MaxSkuLength)] string? Sku,
    [property: Range(1, FieldRules.MaxQuantity)] int? Quantity);

/// <summary>The total shown to the customer.</summary>
/// <param name="Amount">Minor units of the currency.</param>
/// <param name="Currency">ISO 4217 code: the order's.</param>
public sealed record TotalRequest(long? Amount, string? Currency);

/// <summary>How the customer pays.</summary>
/// <param name="Method">card (with a token of the gateway) or hosted (the customer pays on a hosted page).</param>
/// <param name="Token">The gateway's token for the card, never the card's number; absent for hosted.</param>
public sealed record PaymentRequest(
    [property: AllowedValues(FieldRules.Card, FieldRules.Hosted)] string? Method,
    [property: RegularExpression(FieldRules.TokenPattern), MaxLength(FieldRules.MaxTokenLength)] string? Token = null);
