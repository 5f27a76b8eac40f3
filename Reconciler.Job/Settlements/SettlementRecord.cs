using System.Globalization;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>One record of a settlement file, each of its fields checked.</summary>
static class SettlementRecord
{
    const int MostOfId = FieldRules.MaxGatewayIdLength;

    /// <summary>What is larger counts as no number: sums and differences of thousands of them must fit.</summary>
    const long MostAmount = 1_000_000_000_000_000;

    public static SettledRow Parse(List<string> record, DateOnly day, long line)
    {
        var (operation, reference) = (record[2], record[4]);
        if (operation is not (GatewayWords.Capture or GatewayWords.Refund))
            throw new BrokenSettlement(line, $"'{operation}' is neither capture nor refund");
        if (reference.Length > MostOfId)
            throw new BrokenSettlement(line, $"its reference is longer than {MostOfId} characters");

        return new SettledRow
        {
            Id = Id(record[1], "id", line),
            Operation = operation,
            AuthorizationId = Id(record[3], "authorization_id", line),
            Reference = reference,
            OrderId = Guid.TryParse(reference, out var order) ? order : null,
            Amount = Amount(record[5], operation, line),
            Fee = Number(record[6], "fee", line),
            Currency = Currency(record, line),
            At = At(record[8], day, line),
            Day = day,
        };
    }

    public static string Currency(List<string> record, long line) => Currencies.Known(record[7]) ? record[7]
        : throw new BrokenSettlement(line, $"'{record[7]}' is no ISO 4217 currency");

    public static long Number(string text, string what, long line) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is > -MostAmount and < MostAmount
            ? number
            : throw new BrokenSettlement(line, $"the {what} '{text}' is no whole number");

    static long Amount(string text, string operation, long line)
    {
        var amount = Number(text, "amount", line);
        var signed = operation == GatewayWords.Capture ? amount > 0 : amount < 0;
        return signed ? amount : throw new BrokenSettlement(line, $"the amount of a {operation} cannot be {amount}");
    }

    static string Id(string text, string what, long line) => text.Length is > 0 and <= MostOfId ? text
        : throw new BrokenSettlement(line, $"its {what} has not 1 to {MostOfId} characters");

    static DateTime At(string text, DateOnly day, long line)
    {
        const DateTimeStyles Utc = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;
        if (!DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, Utc, out var at))
            throw new BrokenSettlement(line, $"'{text}' is no time");
        return DateOnly.FromDateTime(at) == day ? at : throw new BrokenSettlement(line, $"{text} is not on {day:yyyy-MM-dd}, the day of the file");
    }
}
