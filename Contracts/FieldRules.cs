namespace OrderSaga.Contracts;

/// <summary>
/// The one table of what a field may hold. HTTP, the bus, every service, their columns and the sandbox's gateway go by it, so that what one of them
/// takes is never too much for the next. Lengths are UTF-16 units; the patterns are for documents and mean the same as the checks.
/// </summary>
public static class FieldRules
{
    /// <summary>Of <see cref="OrderLine.Sku"/>.</summary>
    public const int MaxSkuLength = 64;

    /// <inheritdoc cref="IsSku"/>
    public const string SkuPattern = "^[a-z0-9][a-z0-9._-]{0,63}$";

    /// <summary>In words, after "a sku is".</summary>
    public const string SkuRule = "1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    /// <summary>Of <see cref="SubmitOrder.Merchant"/>; names of API keys have the same form.</summary>
    public const int MaxMerchantLength = 64;

    /// <inheritdoc cref="IsMerchant"/>
    public const string MerchantPattern = SkuPattern;

    /// <summary>Of <see cref="SubmitOrder.Class"/>.</summary>
    public const int MaxClassLength = 40;

    /// <inheritdoc cref="IsClass"/>
    public const string ClassPattern = "^[a-z0-9][a-z0-9._-]{0,39}$";

    /// <summary>In words, after "a class is".</summary>
    public const string ClassRule = "1 to 40 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    /// <summary>Of <see cref="SubmitOrder.IdempotencyKey"/>.</summary>
    public const int MaxIdempotencyKeyLength = 255;

    /// <inheritdoc cref="IsIdempotencyKey"/>
    public const string IdempotencyKeyPattern = "^(?! )[ -~]{1,255}(?<! )$";

    /// <summary>Of <see cref="PaymentInstruction.Token"/>.</summary>
    public const int MaxTokenLength = 255;

    /// <inheritdoc cref="IsToken"/>
    public const string TokenPattern = "^[!-~]{1,255}$";

    /// <summary>Of the methods below.</summary>
    public const int MaxMethodLength = 20;

    /// <summary><see cref="PaymentInstruction.Method"/>: with a token of the gateway.</summary>
    public const string Card = "card";

    /// <summary><see cref="PaymentInstruction.Method"/>: the customer pays at a url.</summary>
    public const string Hosted = "hosted";

    /// <summary>ISO 4217; which ones: <see cref="Currencies"/>.</summary>
    public const int CurrencyLength = 3;

    /// <summary>The form of <see cref="Money.Currency"/>.</summary>
    public const string CurrencyPattern = "^[A-Z]{3}$";

    /// <summary>Lines of one order.</summary>
    public const int MaxLines = 100;

    /// <summary>Pieces of one line.</summary>
    public const int MaxQuantity = 1_000_000;

    /// <summary>Minor units; the most that the gateway takes in one payment, so the highest total of an order.</summary>
    public const long MaxTotal = 100_000_000_000;

    /// <summary>Minor units; the highest price that the price list holds for one piece.</summary>
    public const long MaxUnitPrice = 1_000_000_000_000;

    /// <summary>Of a product's name.</summary>
    public const int MaxProductNameLength = 200;

    /// <summary>Of a caller's own id of goods that came in.</summary>
    public const int MaxReceiptIdLength = 100;

    /// <summary>The form of a receipt id: visible ASCII.</summary>
    public const string ReceiptIdPattern = "^[!-~]{1,100}$";

    /// <summary>Pieces of one receipt.</summary>
    public const long MaxReceiptQuantity = 1_000_000_000;

    /// <summary>Of a reason that a caller or the gateway gives.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>Of a reason that an order is kept with: one of the above and what it is about.</summary>
    public const int MaxOrderReasonLength = 500;

    /// <summary>Of <see cref="PaymentPending.Url"/>. It is good whole or not at all, so a longer one ends the order with words.</summary>
    public const int MaxPayUrlLength = 8192;

    /// <summary>Of the gateway's ids of its operations.</summary>
    public const int MaxGatewayIdLength = 100;

    /// <summary>Lower case letters and digits, and inside '.', '_' and '-'.</summary>
    public static bool IsSku(string? sku) => IsName(sku, MaxSkuLength);

    /// <inheritdoc cref="IsSku"/>
    public static bool IsMerchant(string? merchant) => IsName(merchant, MaxMerchantLength);

    /// <inheritdoc cref="IsSku"/>
    public static bool IsClass(string? orderClass) => IsName(orderClass, MaxClassLength);

    /// <summary>Printable ASCII without a space at either end.</summary>
    public static bool IsIdempotencyKey(string? key) => IsPrintable(key, MaxIdempotencyKeyLength);

    /// <summary>Visible ASCII.</summary>
    public static bool IsToken(string? token) => IsVisible(token, MaxTokenLength);

    /// <summary>Visible ASCII.</summary>
    public static bool IsReceiptId(string? id) => IsVisible(id, MaxReceiptIdLength);

    /// <summary>No control characters.</summary>
    public static bool IsReason(string? reason) => IsText(reason, MaxReasonLength);

    /// <summary>No control characters, and not blank.</summary>
    public static bool IsProductName(string? name) => IsText(name, MaxProductNameLength) && !string.IsNullOrWhiteSpace(name);

    /// <summary>A token for a card; none for a payment at a url.</summary>
    public static bool IsPayment(PaymentInstruction? payment) => payment switch
    {
        { Method: Card, Token: var token } => IsToken(token),
        { Method: Hosted, Token: null } => true,
        _ => false,
    };

    /// <summary>More than nothing, no more than the gateway takes, in money that is in use.</summary>
    public static bool IsTotal(Money? total) => total is { Amount: >= 1 and <= MaxTotal } && Currencies.Known(total.Currency);

    /// <summary>At least one, each with a sku of its own and at least one piece.</summary>
    public static bool AreLines(IReadOnlyList<OrderLine?>? lines) =>
        lines is { Count: >= 1 and <= MaxLines } && lines.All(line => IsSku(line?.Sku) && line!.Quantity is >= 1 and <= MaxQuantity)
        && lines.DistinctBy(line => line!.Sku).Count() == lines.Count;

    /// <summary>An absolute http or https url that a browser can open unchanged.</summary>
    public static bool IsPayUrl(string? url) =>
        IsVisibleOrForeign(url) && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>Visible ASCII.</summary>
    public static bool IsGatewayId(string? id) => IsVisible(id, MaxGatewayIdLength);

    /// <summary>Printable ASCII without a space at either end.</summary>
    public static bool IsPrintable(string? text, int maxLength) =>
        text is { Length: >= 1 } && text.Length <= maxLength && text.All(c => c is >= ' ' and <= '~') && text[0] != ' ' && text[^1] != ' ';

    static bool IsVisible(string? text, int maxLength) => text is { Length: >= 1 } && text.Length <= maxLength && text.All(c => c is > ' ' and <= '~');

    static bool IsText(string? text, int maxLength) => text is { Length: >= 1 } && text.Length <= maxLength && !text.Any(char.IsControl);

    static bool IsVisibleOrForeign(string? url) =>
        url is { Length: >= 1 and <= MaxPayUrlLength } && !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c));

    static bool IsName(string? text, int maxLength) =>
        text is { Length: >= 1 } && text.Length <= maxLength && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');
}
