using System.Text.RegularExpressions;
using OrderSaga.Contracts;
using Repository;

namespace Contracts.Tests;

/// <summary>The one table of field rules: its checks, its patterns and the documents agree.</summary>
public sealed class FieldRulesTests
{
    static readonly (string Pattern, int MaxLength, Func<string?, bool> Check)[] Rules =
    [
        (FieldRules.SkuPattern, FieldRules.MaxSkuLength, FieldRules.IsSku),
        (FieldRules.MerchantPattern, FieldRules.MaxMerchantLength, FieldRules.IsMerchant),
        (FieldRules.ClassPattern, FieldRules.MaxClassLength, FieldRules.IsClass),
        (FieldRules.IdempotencyKeyPattern, FieldRules.MaxIdempotencyKeyLength, FieldRules.IsIdempotencyKey),
        (FieldRules.TokenPattern, FieldRules.MaxTokenLength, FieldRules.IsToken),
        (FieldRules.ReceiptIdPattern, FieldRules.MaxReceiptIdLength, FieldRules.IsReceiptId),
    ];

    static readonly string[] Samples =
    [
        "", " ", "a", "A", "0", "-a", ".a", "a-b._c", "a b", " a", "a ", "a\n", "\na", "a\0", "a\u007f",
        "\u00e4", "\ud800", "tok_ok", "TEA-001", "tea/001", "~!\"",
    ];

    [Fact]
    public void Patterns_and_checks_agree()
    {
        foreach (var (pattern, maxLength, check) in Rules)
        {
            // As in JSON Schema, where the dollar sign is the end of the text, not of a line.
            var regex = new Regex(pattern.Replace("$", @"\z", StringComparison.Ordinal), RegexOptions.None, TimeSpan.FromSeconds(10));
            foreach (var text in (string[])[.. Samples, new string('a', maxLength), new string('a', maxLength + 1)])
                check(text).ShouldBe(regex.IsMatch(text), $"{pattern} and '{text}'");
            check(new string('a', maxLength)).ShouldBeTrue(pattern);
            check(new string('a', maxLength + 1)).ShouldBeFalse(pattern);
            check(null).ShouldBeFalse(pattern);
        }
    }

    [Theory]
    [InlineData("4111111111111111", true)]
    [InlineData("4111-1111-1111-1111", true)]
    [InlineData("4111.1111/1111_1111", true)]
    [InlineData("378282246310005", true)]
    [InlineData("4222222222222", true)]
    [InlineData("6304000000000000000", true)]
    [InlineData("4111111111111112", false)]
    [InlineData("5555555555554444", true)]
    [InlineData("2223003122003222", true)]
    [InlineData("tok_4111111111111111", true)]
    [InlineData("pan=4111111111111111", true)]
    [InlineData("4111111111111111x", true)]
    [InlineData("4111111111111111,12/29,123", true)]
    [InlineData("tok_1700000000000", false)]
    [InlineData("a1700000000003", false)]
    [InlineData("4111a1111b1111c1111", false)]
    [InlineData("94111111111111111", false)]
    [InlineData("424242424242", false)]
    [InlineData("42424242424242424242", false)]
    [InlineData("~!", false)]
    public void A_card_number_is_no_token(string text, bool number)
    {
        FieldRules.HasCardNumber(text).ShouldBe(number);
        FieldRules.IsToken(text).ShouldBe(!number);
    }

    [Fact]
    public void Totals_lines_and_payments_have_limits()
    {
        FieldRules.IsTotal(new Money(FieldRules.MaxTotal, "EUR")).ShouldBeTrue();
        foreach (var total in (Money?[])[null, new(0, "EUR"), new(FieldRules.MaxTotal + 1, "EUR"), new(1, "eur"), new(1, "XXX"), new(1, null!)])
            FieldRules.IsTotal(total).ShouldBeFalse($"{total}");

        FieldRules.AreLines([.. Enumerable.Range(0, FieldRules.MaxLines).Select(i => new OrderLine($"a{i}", FieldRules.MaxQuantity))]).ShouldBeTrue();
        foreach (var lines in (OrderLine?[]?[])[
            null, [], [null], [new(null!, 1)], [new("a", 0)], [new("a", FieldRules.MaxQuantity + 1)], [new("a", 1), new("a", 2)],
            [.. Enumerable.Range(0, FieldRules.MaxLines + 1).Select(i => new OrderLine($"a{i}", 1))]])
            FieldRules.AreLines(lines).ShouldBeFalse();

        FieldRules.IsPayment(new PaymentInstruction("card", "tok_ok")).ShouldBeTrue();
        FieldRules.IsPayment(new PaymentInstruction("hosted")).ShouldBeTrue();
        foreach (var payment in (PaymentInstruction?[])[null, new(null!), new("cash"), new("Card", "t"), new("card"), new("card", ""), new("hosted", "t")])
            FieldRules.IsPayment(payment).ShouldBeFalse($"{payment}");
    }

    [Theory]
    [InlineData("https://pay.example/1?a=b&c=d", true)]
    [InlineData("http://localhost:5105/pay/auth_1", true)]
    [InlineData("https://b\u00fccher.example/", true)]
    [InlineData("", false)]
    [InlineData("/pay/1", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("ftp://pay.example/", false)]
    [InlineData("https://pay.example/a b", false)]
    [InlineData("https://pay.example/\0", false)]
    public void A_payment_url_opens_in_a_browser(string url, bool good) => FieldRules.IsPayUrl(url).ShouldBe(good);

    [Fact]
    public void A_lone_surrogate_is_no_valid_url() => FieldRules.IsPayUrl("https://pay.example/" + (char)0xd83c).ShouldBeFalse();

    [Theory]
    [InlineData("EUR", 2)]
    [InlineData("JPY", 0)]
    [InlineData("KWD", 3)]
    [InlineData("???", 2)]
    [InlineData(null, 2)]
    public void Each_currency_has_its_minor_units(string? code, int decimals) => Currencies.Decimals(code).ShouldBe(decimals);

    [Fact]
    public void Amounts_parse_in_all_155_currencies()
    {
        Currencies.All.Count.ShouldBe(155);
        Currencies.Major(1250, "EUR").ShouldBe(12.50m);
        Currencies.Major(-1250, "JPY").ShouldBe(-1250m);
        Currencies.Major(1250, "KWD").ShouldBe(1.250m);
    }

    [Fact]
    public void AsyncAPI_states_the_field_rules()
    {
        var schemas = Yaml.Parse(Repo.Read("docs/asyncapi.yaml"))["components"]!["schemas"]!.AsObject();
        foreach (var (name, properties) in schemas.Select(schema => (schema.Key, schema.Value!["properties"]!.AsObject())))
            foreach (var (field, property) in properties)
                foreach (var (word, value) in Expected(name, field))
                    property![word]?.ToString().ShouldBe(value, $"docs/asyncapi.yaml: {word} of {name}.{field} must be as in FieldRules");
    }

    static IEnumerable<(string Word, string Value)> Expected(string schema, string field) => (schema, field) switch
    {
        (_, "sku") => [("pattern", FieldRules.SkuPattern), ("maxLength", $"{FieldRules.MaxSkuLength}")],
        ("OrderRejected", _) => [],
        (_, "merchant") => [("pattern", FieldRules.MerchantPattern), ("maxLength", $"{FieldRules.MaxMerchantLength}")],
        (_, "idempotencyKey") => [("pattern", FieldRules.IdempotencyKeyPattern), ("maxLength", $"{FieldRules.MaxIdempotencyKeyLength}")],
        (_, "token") => [("pattern", FieldRules.TokenPattern), ("maxLength", $"{FieldRules.MaxTokenLength}")],
        (_, "class") => [("pattern", FieldRules.ClassPattern), ("maxLength", $"{FieldRules.MaxClassLength}")],
        (_, "currency") => [("pattern", FieldRules.CurrencyPattern)],
        (_, "quantity") => [("minimum", "1"), ("maximum", $"{FieldRules.MaxQuantity}")],
        ("Money", "amount") => [("minimum", "1"), ("maximum", $"{FieldRules.MaxTotal}")],
        (_, "lines") when schema is not "StockRejected" => [("minItems", "1"), ("maxItems", $"{FieldRules.MaxLines}")],
        (_, "url") => [("maxLength", $"{FieldRules.MaxPayUrlLength}")],
        ("OrderCancelled" or "OrderNeedsReview", "reason") => [("maxLength", $"{FieldRules.MaxOrderReasonLength}")],
        _ => [],
    };
}
