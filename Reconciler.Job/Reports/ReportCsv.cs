using System.Globalization;

namespace Reconciler.Job;

/// <summary>All findings of a run as CSV (RFC 4180), one per line, for a spreadsheet.</summary>
static class ReportCsv
{
    public const string Header = "run,day,class,severity,order_id,subject,amount,currency,remedy,outcome,case_id,found_at,rule,note,evidence";

    public static async Task Write(Stream body, ReconciliationRun run, IAsyncEnumerable<FindingRow> findings, CancellationToken cancel)
    {
        await using var file = new StreamWriter(body, leaveOpen: true) { NewLine = "\r\n" };
        await file.WriteLineAsync(Header);
        await foreach (var row in findings.WithCancellation(cancel))
            await file.WriteLineAsync(string.Join(',', Fields(run, row).Select(Quoted)));
    }

    static IEnumerable<string> Fields(ReconciliationRun run, FindingRow row) =>
    [
        run.Id.ToString(), run.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), row.Class, row.Severity.ToString(), row.OrderId?.ToString() ?? "",
        row.Subject ?? "", row.Amount.ToString(CultureInfo.InvariantCulture), row.Currency ?? "", row.Remedy.ToString(), row.Outcome.ToString(),
        row.CaseId?.ToString() ?? "", WebJson.Text(row.At), row.Rule, row.Note ?? "", row.Evidence,
    ];

    /// <summary>Escapes text that a spreadsheet would run as a formula.</summary>
    static string Quoted(string text)
    {
        var formula = text.Length > 0 && "=+-@\t\r\n".Contains(text[0], StringComparison.Ordinal)
            && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        var safe = formula ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
