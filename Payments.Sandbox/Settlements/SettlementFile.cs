using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>
/// GET /v1/settlements/{date}: captures and refunds of one UTC day as CSV. One <c>row</c> per capture (positive) and refund (negative) with
/// its fee; a <c>sum</c> per currency, captures less refunds; at the end a <c>trailer</c> with the number of rows. A file without it is
/// incomplete.
/// </summary>
static class SettlementFile
{
    public const string Header = "record,id,operation,authorization_id,reference,amount,fee,currency,at";

    public static void MapSettlements(this IEndpointRouteBuilder api) => api.MapGet("/settlements/{date}", Get);

    static IResult Get(string date, SandboxDb db, SandboxSettings settings, HttpContext context)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day == DateOnly.MaxValue)
            throw new Problem(ProblemTypes.SettlementDate, "Use a UTC day as yyyy-MM-dd, e.g. /v1/settlements/2030-01-31.");

        context.Response.Headers.ContentDisposition = $"attachment; filename=settlement-{date}.csv";
        return Results.Stream(body => Write(body, FindMovements(db, day), settings, context.RequestAborted), "text/csv; charset=utf-8");
    }

    static IAsyncEnumerable<GatewayOperation> FindMovements(SandboxDb db, DateOnly day)
    {
        var from = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var to = from.AddDays(1);
        return db.Operations.AsNoTracking()
            .Where(x => x.At >= from && x.At < to && x.Status == Statuses.Succeeded && (x.Operation == Operations.Capture || x.Operation == Operations.Refund))
            .OrderBy(x => x.At).ThenBy(x => x.Id).AsAsyncEnumerable();
    }

    /// <summary>Writes row by row, because a day may not fit in memory.</summary>
    static async Task Write(Stream body, IAsyncEnumerable<GatewayOperation> operations, SandboxSettings settings, CancellationToken cancel)
    {
        await using var file = new StreamWriter(body, leaveOpen: true) { NewLine = "\r\n" };
        var sums = new SortedDictionary<string, (long Amount, long Fee)>(StringComparer.Ordinal);
        var count = 0L;
        await file.WriteLineAsync(Header);
        await foreach (var operation in operations.WithCancellation(cancel))
        {
            var amount = operation.Operation == Operations.Refund ? -operation.Amount : operation.Amount;
            var fee = operation.Operation == Operations.Refund ? 0 : settings.FeeOf(operation.Amount);
            await file.WriteLineAsync(Row(operation, amount, fee));
            var sum = sums.GetValueOrDefault(operation.Currency);
            sums[operation.Currency] = (checked(sum.Amount + amount), checked(sum.Fee + fee));
            count++;
        }

        foreach (var (currency, sum) in sums)
            await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"sum,,,,,{sum.Amount},{sum.Fee},{currency},"));
        await file.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"trailer,{count},,,,,,,"));
    }

    static string Row(GatewayOperation x, long amount, long fee) => string.Create(CultureInfo.InvariantCulture,
        $"row,{x.Id},{x.Operation},{x.AuthorizationId},{Quoted(x.Reference)},{amount},{fee},{x.Currency},{WebJson.Text(x.At)}");

    /// <summary>Quotes a CSV field as in RFC 4180.</summary>
    internal static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
