using System.Text;

namespace OrderSaga.Settlements;

/// <summary>
/// The gateway's settlement file, validated while it is read: header, rows, sums by currency, and the trailer with the number of rows.
/// Reading to the end without an exception means that the file is complete and consistent.
/// </summary>
static class SettlementCsv
{
    public const string Header = SettlementColumns.Needed;

    /// <exception cref="InvalidSettlementException">The file is invalid.</exception>
    public static IEnumerable<SettlementLine> Read(Stream file, DateOnly day)
    {
        using var text = SettlementText.Open(file);
        var records = new CsvRecords(text);
        var columns = SettlementColumns.Of(Next(records));
        var totals = new Totals();
        while (Next(records) is { } fields)
        {
            // Editors may append an empty line.
            if (totals.Ended && fields is [""])
                continue;
            var record = columns.Arrange(fields, records.Line, records.EndedWithFile);
            if (totals.Ended)
                throw new InvalidSettlementException(records.Line, "something follows the trailer");
            if (record[0] == "row")
                yield return new SettlementLine(records.Line, totals.Add(SettlementRecord.Parse(record, day, records.Line), records.Line));
            else
                Check(record, totals, records.Line);
        }

        if (!totals.Ended)
            throw new InvalidSettlementException(0, "the trailer is missing: the file is incomplete");
    }

    static void Check(string[] record, Totals totals, long line)
    {
        if (record[0] == "sum")
            totals.Check(SettlementRecord.Currency(record, line), Sum(record[5], line), Sum(record[6], line), line);
        else if (record[0] == "trailer")
            totals.End(SettlementRecord.Number(record[1], "number of rows", line), line);
        else
            throw new InvalidSettlementException(line, $"'{record[0]}' is not a kind of record");
    }

    /// <summary>The sum of a day may exceed the maximum of a row.</summary>
    static Int128 Sum(string text, long line) => Int128.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var sum) ? sum
        : throw new InvalidSettlementException(line, $"the sum '{text}' is not a whole number");

    static List<string>? Next(CsvRecords records)
    {
        try
        {
            return records.Read();
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidSettlementException(records.Line, "the file is not UTF-8");
        }
    }

    /// <summary>Compares the rows' totals with the file's own sums.</summary>
    sealed class Totals
    {
        readonly Dictionary<string, (Int128 Amount, Int128 Fee, bool Checked)> sums = new(StringComparer.Ordinal);
        long rows;

        public bool Ended { get; private set; }

        public SettledRow Add(SettledRow row, long line)
        {
            var sum = sums.GetValueOrDefault(row.Currency);
            if (sum.Checked)
                throw new InvalidSettlementException(line, $"a row in {row.Currency} follows the sum of {row.Currency}");
            sums[row.Currency] = (sum.Amount + row.Amount, sum.Fee + row.Fee, false);
            rows++;
            return row;
        }

        public void Check(string currency, Int128 amount, Int128 fee, long line)
        {
            var sum = sums.GetValueOrDefault(currency);
            if (sum.Checked)
                throw new InvalidSettlementException(line, $"a second sum of {currency}");
            if (sum.Amount != amount || sum.Fee != fee)
                throw new InvalidSettlementException(line,
                    $"the sum of {currency} says amount {amount} and fee {fee}; the rows add up to {sum.Amount} and {sum.Fee}");
            sums[currency] = sum with { Checked = true };
        }

        public void End(long count, long line)
        {
            if (count != rows)
                throw new InvalidSettlementException(line, $"the trailer says {count} rows; there are {rows}");
            if (sums.FirstOrDefault(sum => !sum.Value.Checked).Key is { } missing)
                throw new InvalidSettlementException(line, $"the sum of {missing} is missing");
            Ended = true;
        }
    }
}

/// <summary>A row of a file and its first line.</summary>
readonly record struct SettlementLine(long Line, SettledRow Row);
