using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reconciler.Job;

/// <summary>Shows the ledgers side by side, one column per member of the evidence.</summary>
static class SnapshotGrid
{
    public static Html Of(JsonNode? evidence) => evidence is not JsonObject ledgers
        ? Html.None
        : Html.Of($"<div class=\"story\">{ledgers.Select(ledger => Ledger(ledger.Key, ledger.Value))}</div>");

    static Html Ledger(string name, JsonNode? value) => Html.Of($"<div class=\"ledger\"><h4>{name}</h4>{Value(value)}</div>");

    static Html Value(JsonNode? value) => value switch
    {
        null => Nothing,
        JsonArray { Count: 0 } => Nothing,
        JsonArray list when list.All(item => item is JsonObject) => Html.All(list.Select(Value)),
        JsonArray list => Html.Of($"{string.Join(", ", list.Select(Text))}"),
        JsonObject known => Html.Of($"<dl>{known.Where(IsShown).Select(member => Member(member, (string?)known["currency"]))}</dl>"),
        _ => Html.Of($"{Text(value)}"),
    };

    /// <summary>Hides members that are empty or shown elsewhere: the order's id, and the gateway's ids.</summary>
    static bool IsShown(KeyValuePair<string, JsonNode?> member) => member.Value is not (null or JsonArray { Count: 0 })
        && member.Key is not ("id" or "orderId" or "merchant" or "reference" or "version" or "paymentTried" or "authorizationId" or "captureId");

    static Html Member(KeyValuePair<string, JsonNode?> member, string? currency) => member switch
    {
        { Key: "currency" } => Html.None,
        { Key: "amount" or "total" or "fee" or "captured" or "refunded", Value: JsonValue amount } when currency is not null =>
            Html.Of($"<dt>{member.Key}</dt><dd>{Amounts.Money((long)amount, currency)}</dd>"),
        _ => Html.Of($"<dt>{SplitName(member.Key)}</dt><dd>{Inner(member.Value)}</dd>"),
    };

    /// <summary>Shows a list inside a ledger with one line per entry.</summary>
    static Html Inner(JsonNode? value) => value switch
    {
        JsonArray list => Html.All(list.Select((item, i) => Html.Of($"{(i == 0 ? Html.None : new Html("<br>"))}{Line(item)}"))),
        JsonObject entry => Html.Of($"{Line(entry)}"),
        _ => Html.Of($"{Text(value)}"),
    };

    static string Line(JsonNode? item) => item switch
    {
        JsonObject entry when entry["sku"] is { } sku && entry["quantity"] is { } quantity => $"{Text(quantity)} × {Text(sku)}",
        JsonObject entry => string.Join(' ', entry.Where(member => IsShown(member) && !member.Key.EndsWith("At", StringComparison.Ordinal))
            .Select(member => Text(member.Value))),
        _ => Text(item),
    };

    static readonly Html Nothing = Html.Of($"<span class=\"empty\">no entry</span>");

    static string Text(JsonNode? value) => value switch
    {
        null => "–",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Short((string)text!),
        _ => value.ToJsonString(),
    };

    /// <summary>Shortens times to seconds.</summary>
    static string Short(string text) => text.Length is > 19 and < 34 && text[4] == '-' && text[10] == 'T' && DateTime.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? Amounts.Time(time) : text;

    /// <summary>Converts authorizationId to "authorization id".</summary>
    static string SplitName(string name) => string.Concat(name.Select(letter => char.IsUpper(letter) ? " " + char.ToLowerInvariant(letter)
        : letter.ToString()));
}
