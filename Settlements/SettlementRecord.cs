using System.Globalization;
using OrderSaga.Contracts;

namespace OrderSaga.Settlements;

/// <summary>Parses and validates one record of a settlement file, fields in the order of <see cref="SettlementColumns.Needed"/>.</summary>
static class SettlementRecord
{
    const int MaxIdLength = FieldRules.MaxGatewayIdLength;

    /// <summary>Larger numbers are refused, so that sums and differences of many rows cannot overflow.</summary>
    const long MaxAmount = 1_000_000_000_000_000;

    public static SettledRow Parse(string[] record, DateOnly day, long line)
    {
        var (reference, amount) = (record[4], Number(record[5], "amount", line));
        if (reference.Length > MaxIdLength)
            throw new InvalidSettlementException(line, $"its reference is longer than {MaxIdLength} characters");
        var kind = Kind(record[2], amount, line);
        return new SettledRow
        {
            Id = Id(record[1], "id", line),
            Operation = kind,
            AuthorizationId = kind is SettlementKinds.Capture or SettlementKinds.Refund || record[3].Length > 0 ? Id(record[3], "authorization_id", line) : "",
            Reference = reference,
            OrderId = Guid.TryParse(reference, out var order) ? order : null,
            Amount = amount,
            Fee = Number(record[6], "fee", line),
            Currency = Currency(record, line),
            At = At(record[8], line),
            Day = day,
        };
    }

    public static string Currency(string[] record, long line) => Currencies.IsKnown(record[7]) ? record[7]
        : throw new InvalidSettlementException(line, $"'{record[7]}' is not an ISO 4217 currency");

    public static long Number(string text, string what, long line) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is > -MaxAmount and < MaxAmount
            ? number
            : throw new InvalidSettlementException(line, $"the {what} '{text}' is not a whole number");

    static string Kind(string text, long amount, long line) => text.Length is > 0 and <= SettlementKinds.MaxKindLength ? SettlementKinds.Of(text, amount)
        : throw new InvalidSettlementException(line, $"its operation must have 1 to {SettlementKinds.MaxKindLength} characters");

    static string Id(string text, string what, long line) => text.Length is > 0 and <= MaxIdLength ? text
        : throw new InvalidSettlementException(line, $"its {what} must have 1 to {MaxIdLength} characters");

    static DateTime At(string text, long line)
    {
        if (!DateTime.TryParseExact(
                Ticks(text), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
            throw new InvalidSettlementException(line, $"'{text}' is not a time");
        if (at.Kind == DateTimeKind.Unspecified)
            throw new InvalidSettlementException(line, $"'{text}' has no time zone: end it with Z or an offset such as +02:00");
        return at.ToUniversalTime();
    }

    /// <summary>Cuts digits finer than 100 ns.</summary>
    static string Ticks(string text)
    {
        const int Digits = 7;
        var from = text.IndexOf('.', StringComparison.Ordinal) + 1;
        var to = from;
        while (to < text.Length && char.IsAsciiDigit(text[to]))
            to++;
        return from > 0 && to - from > Digits ? text[..(from + Digits)] + text[to..] : text;
    }
}
