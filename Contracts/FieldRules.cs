namespace OrderSaga.Contracts;

/// <summary>
/// The limits of fields that pass from one service to another. HTTP, the bus, the services, their columns and the sandbox gateway all use
/// them, so that a value accepted by one is accepted by the next. Lengths are UTF-16 units. The patterns are for the API documents and mean
/// the same as the checks; only that of a token cannot tell card numbers.
/// </summary>
public static class FieldRules
{
    /// <summary>Maximum length of <see cref="OrderLine.Sku"/>.</summary>
    public const int MaxSkuLength = 64;

    /// <inheritdoc cref="IsSku"/>
    public const string SkuPattern = "^[a-z0-9][a-z0-9._-]{0,63}$";

    /// <summary>The sku rule for error messages, after "a sku is".</summary>
    public const string SkuRule = "1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    /// <summary>Maximum length of <see cref="SubmitOrder.Merchant"/>. Names of API keys follow the same rule.</summary>
    public const int MaxMerchantLength = 64;

    /// <inheritdoc cref="IsMerchant"/>
    public const string MerchantPattern = SkuPattern;

    /// <summary>Maximum length of <see cref="SubmitOrder.Class"/>.</summary>
    public const int MaxClassLength = 40;

    /// <inheritdoc cref="IsClass"/>
    public const string ClassPattern = "^[a-z0-9][a-z0-9._-]{0,39}$";

    /// <summary>The class rule for error messages, after "a class is".</summary>
    public const string ClassRule = "1 to 40 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    /// <summary>Maximum length of <see cref="SubmitOrder.Customer"/>.</summary>
    public const int MaxCustomerLength = 64;

    /// <inheritdoc cref="IsCustomer"/>
    public const string CustomerPattern = "^[!-~]{1,64}$";

    /// <summary>Maximum length of <see cref="SubmitOrder.CustomerRole"/>.</summary>
    public const int MaxCustomerRoleLength = 20;

    /// <inheritdoc cref="IsCustomerRole"/>
    public const string CustomerRolePattern = "^[a-z0-9][a-z0-9._-]{0,19}$";

    /// <summary>Maximum length of <see cref="SubmitOrder.IdempotencyKey"/>.</summary>
    public const int MaxIdempotencyKeyLength = 255;

    /// <inheritdoc cref="IsIdempotencyKey"/>
    public const string IdempotencyKeyPattern = "^(?! )[ -~]{1,255}(?<! )$";

    /// <summary>Maximum length of <see cref="PaymentInstruction.Token"/>.</summary>
    public const int MaxTokenLength = 255;

    /// <inheritdoc cref="IsToken"/>
    public const string TokenPattern = "^[!-~]{1,255}$";

    const int MinCardDigits = 13;
    const int MaxCardDigits = 19;

    /// <summary>Maximum length of <see cref="PaymentInstruction.Method"/>.</summary>
    public const int MaxMethodLength = 20;

    /// <summary><see cref="PaymentInstruction.Method"/>: card payment with a token of the gateway.</summary>
    public const string Card = "card";

    /// <summary><see cref="PaymentInstruction.Method"/>: the customer pays on a hosted page.</summary>
    public const string Hosted = "hosted";

    /// <summary>Length of an ISO 4217 code. Accepted codes: <see cref="Currencies"/>.</summary>
    public const int CurrencyLength = 3;

    /// <summary>Pattern of <see cref="Money.Currency"/>.</summary>
    public const string CurrencyPattern = "^[A-Z]{3}$";

    /// <summary>Maximum number of lines in one order.</summary>
    public const int MaxLines = 100;

    /// <summary>Maximum number of pieces in one line.</summary>
    public const int MaxQuantity = 1_000_000;

    /// <summary>Maximum order total in minor units: the gateway's limit for one payment.</summary>
    public const long MaxTotal = 100_000_000_000;

    /// <summary>Maximum price of one piece in minor units.</summary>
    public const long MaxUnitPrice = 1_000_000_000_000;

    /// <summary>Maximum length of a product's name.</summary>
    public const int MaxProductNameLength = 200;

    /// <summary>Maximum length of the caller's id of a goods receipt.</summary>
    public const int MaxReceiptIdLength = 100;

    /// <summary>Pattern of a receipt id: visible ASCII.</summary>
    public const string ReceiptIdPattern = "^[!-~]{1,100}$";

    /// <summary>Maximum number of pieces in one goods receipt.</summary>
    public const long MaxReceiptQuantity = 1_000_000_000;

    /// <summary>Maximum length of a reason given by a caller or the gateway.</summary>
    public const int MaxReasonLength = 200;

    /// <summary>Maximum length of the reason stored with an order: a given reason and its context.</summary>
    public const int MaxOrderReasonLength = 500;

    /// <summary>
    /// Maximum length of <see cref="PaymentPending.Url"/>. A URL cannot be cut: a longer one fails the payment with a reason.
    /// </summary>
    public const int MaxPayUrlLength = 8192;

    /// <summary>Maximum length of the gateway's operation ids.</summary>
    public const int MaxGatewayIdLength = 100;

    /// <summary>Lower-case letters and digits; also '.', '_' and '-' except as the first character.</summary>
    public static bool IsSku(string? sku) => IsName(sku, MaxSkuLength);

    /// <inheritdoc cref="IsSku"/>
    public static bool IsMerchant(string? merchant) => IsName(merchant, MaxMerchantLength);

    /// <inheritdoc cref="IsSku"/>
    public static bool IsClass(string? orderClass) => IsName(orderClass, MaxClassLength);

    /// <summary>Visible ASCII. What it means is the merchant's matter.</summary>
    public static bool IsCustomer(string? customer) => IsVisible(customer, MaxCustomerLength);

    /// <inheritdoc cref="IsSku"/>
    public static bool IsCustomerRole(string? role) => IsName(role, MaxCustomerRoleLength);

    /// <summary>Printable ASCII without a space at either end.</summary>
    public static bool IsIdempotencyKey(string? key) => IsPrintable(key, MaxIdempotencyKeyLength);

    /// <summary>Visible ASCII, and no card number: storing one brings the obligations of the card industry's standard.</summary>
    public static bool IsToken(string? token) => IsVisible(token, MaxTokenLength) && !HasCardNumber(token!);

    /// <summary>
    /// Contains 13 to 19 digits that begin with 2 to 6 and pass the Luhn check, with or without separators. Digits next to a letter count, a part
    /// of a longer row of digits does not: gateways have such tokens.
    /// </summary>
    public static bool HasCardNumber(string text) => Enumerable.Range(0, text.Length).Any(start =>
        text[start] is >= '2' and <= '6' && (start == 0 || !char.IsAsciiDigit(text[start - 1])) && HasCardNumberAt(text, start));

    static bool HasCardNumberAt(string text, int start)
    {
        var digits = new List<int>(MaxCardDigits);
        for (var i = start; i < text.Length && !char.IsLetter(text[i]) && digits.Count < MaxCardDigits; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                continue;
            digits.Add(text[i] - '0');
            var ends = i + 1 == text.Length || !char.IsAsciiDigit(text[i + 1]);
            if (ends && digits.Count >= MinCardDigits && PassesLuhn(digits))
                return true;
        }

        return false;
    }

    /// <summary>ISO/IEC 7812-1: from the right, every second digit counts twice.</summary>
    static bool PassesLuhn(List<int> digits) =>
        digits.AsEnumerable().Reverse().Select((digit, i) => digit * (1 + (i % 2))).Sum(value => value > 9 ? value - 9 : value) % 10 == 0;

    /// <summary>Visible ASCII.</summary>
    public static bool IsReceiptId(string? id) => IsVisible(id, MaxReceiptIdLength);

    /// <summary>No control characters.</summary>
    public static bool IsReason(string? reason) => IsText(reason, MaxReasonLength);

    /// <summary>No control characters, and not blank.</summary>
    public static bool IsProductName(string? name) => IsText(name, MaxProductNameLength) && !string.IsNullOrWhiteSpace(name);

    /// <summary>A card payment has a token, a hosted payment has none.</summary>
    public static bool IsPayment(PaymentInstruction? payment) => payment switch
    {
        { Method: Card, Token: var token } => IsToken(token),
        { Method: Hosted, Token: null } => true,
        _ => false,
    };

    /// <summary>At least 1, at most <see cref="MaxTotal"/>, in an accepted currency.</summary>
    public static bool IsTotal(Money? total) => total is { Amount: >= 1 and <= MaxTotal } && Currencies.IsKnown(total.Currency);

    /// <summary>At least one line; each sku at most once; each quantity at least 1.</summary>
    public static bool AreLines(IReadOnlyList<OrderLine?>? lines) =>
        lines is { Count: >= 1 and <= MaxLines } && lines.All(line => IsSku(line?.Sku) && line!.Quantity is >= 1 and <= MaxQuantity)
        && lines.DistinctBy(line => line!.Sku).Count() == lines.Count;

    /// <summary>An absolute http or https URL that a browser can open unchanged.</summary>
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
