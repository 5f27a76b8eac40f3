using System.Globalization;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>One record of a settlement file, each of its fields checked; in the order of <see cref="SettlementColumns.Needed"/>.</summary>
static class SettlementRecord
{
    const int MostOfId = FieldRules.MaxGatewayIdLength;

    /// <summary>What is larger counts as no number: sums and differences of thousands of them must fit.</summary>
    const long MostAmount = 1_000_000_000_000_000;

    public static SettledRow Parse(string[] record, DateOnly day, long line)
    {
        var (reference, amount) = (record[4], Number(record[5], "amount", line));
        if (reference.Length > MostOfId)
            throw new BrokenSettlement(line, $"its reference is longer than {MostOfId} characters");
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

    public static string Currency(string[] record, long line) => Currencies.Known(record[7]) ? record[7]
        : throw new BrokenSettlement(line, $"'{record[7]}' is no ISO 4217 currency");

    public static long Number(string text, string what, long line) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is > -MostAmount and < MostAmount
            ? number
            : throw new BrokenSettlement(line, $"the {what} '{text}' is no whole number");

    static string Kind(string text, long amount, long line) => text.Length is > 0 and <= SettlementKinds.MostOfKind ? SettlementKinds.Of(text, amount)
        : throw new BrokenSettlement(line, $"its operation has not 1 to {SettlementKinds.MostOfKind} characters");

    static string Id(string text, string what, long line) => text.Length is > 0 and <= MostOfId ? text
        : throw new BrokenSettlement(line, $"its {what} has not 1 to {MostOfId} characters");

    static DateTime At(string text, long line)
    {
        if (!DateTime.TryParseExact(
                Ticks(text), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
            throw new BrokenSettlement(line, $"'{text}' is no time");
        if (at.Kind == DateTimeKind.Unspecified)
            throw new BrokenSettlement(line, $"'{text}' has no time zone: end it with Z or an offset such as +02:00");
        return at.ToUniversalTime();
    }

    /// <summary>Without the digits of a second that are finer than ours.</summary>
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
