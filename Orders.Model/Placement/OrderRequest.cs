using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderSaga.Contracts;

namespace Orders.Model.Placement;

/// <summary>A new order. Prices come from the price list.</summary>
/// <param name="Currency">ISO 4217 code; every sku must be priced in it.</param>
/// <param name="Lines">1 to 100 lines, each sku at most once.</param>
/// <param name="Payment">How the customer pays.</param>
/// <param name="Class">Optional: an order class configured by the operator, for example a flash sale with less time to pay.</param>
/// <param name="Total">Optional: the total shown to the customer. If the price list gives another, nothing is placed (422
/// price-changed).</param>
public sealed record OrderRequest(
    [property: RegularExpression(FieldRules.CurrencyPattern)] string? Currency,
    [property: MinLength(1), MaxLength(FieldRules.MaxLines)] IReadOnlyList<LineRequest?>? Lines,
    PaymentRequest? Payment,
    // Omitted if null: keys placed before this member existed keep their hash.
    [property: RegularExpression(FieldRules.ClassPattern), MaxLength(FieldRules.MaxClassLength)]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Class = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TotalRequest? Total = null)
{
    public static OrderRequest Of(SubmitOrder order) => new(
        order.Currency,
        order.Lines?.Select(line => line is null ? null : new LineRequest(line.Sku, line.Quantity)).ToList(),
        order.Payment is null ? null : new PaymentRequest(order.Payment.Method, order.Payment.Token),
        order.Class, order.Total is null ? null : new TotalRequest(order.Total.Amount, order.Total.Currency));

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
/// <param name="Token">The gateway's token for the card; absent for hosted.</param>
public sealed record PaymentRequest(
    [property: AllowedValues(FieldRules.Card, FieldRules.Hosted)] string? Method,
    [property: RegularExpression(FieldRules.TokenPattern), MaxLength(FieldRules.MaxTokenLength)] string? Token = null);
