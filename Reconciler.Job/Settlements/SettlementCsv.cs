using System.Text;

namespace Reconciler.Job;

/// <summary>
/// The gateway's settlement file, checked as it is read: its header, each row, the sums by currency, and the trailer with the number of rows.
/// Whoever reads the rows to their end has read a whole file that agrees with itself.
/// </summary>
static class SettlementCsv
{
    public const string Header = "record,id,operation,authorization_id,reference,amount,fee,currency,at";
    const int Columns = 9;

    /// <exception cref="BrokenSettlement">The file is broken.</exception>
    public static IEnumerable<SettledRow> Read(Stream file, DateOnly day)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        using var text = new StreamReader(file, utf8, detectEncodingFromByteOrderMarks: false, 64 * 1024, leaveOpen: true);
        var records = new CsvRecords(text);
        if (Next(records) is not { } header || string.Join(',', header) != Header)
            throw new BrokenSettlement(1, $"the header is not {Header}");

        var totals = new Totals();
        while (Next(records) is { } record)
        {
            if (record.Count != Columns)
                throw new BrokenSettlement(records.Number, $"it has {record.Count} columns in place of {Columns}");
            if (totals.Ended)
                throw new BrokenSettlement(records.Number, "something follows the trailer");
            if (record[0] == "row")
                yield return totals.Add(SettlementRecord.Parse(record, day, records.Number), records.Number);
            else if (record[0] == "sum")
                totals.Check(SettlementRecord.Currency(record, records.Number), Amount(record, 5, records), Amount(record, 6, records), records.Number);
            else if (record[0] == "trailer")
                totals.End(SettlementRecord.Number(record[1], "number of rows", records.Number), records.Number);
            else
                throw new BrokenSettlement(records.Number, $"'{record[0]}' is no kind of record");
        }

        if (!totals.Ended)
            throw new BrokenSettlement(0, "the trailer is missing: the file is cut off");
    }

    static long Amount(List<string> record, int column, CsvRecords records) => SettlementRecord.Number(record[column], "sum", records.Number);

    static List<string>? Next(CsvRecords records)
    {
        try
        {
            return records.Read();
        }
        catch (DecoderFallbackException)
        {
            throw new BrokenSettlement(records.Number, "it is not UTF-8");
        }
    }

    /// <summary>What the rows come to, held against what the file says that they come to.</summary>
    sealed class Totals
    {
        readonly Dictionary<string, (Int128 Amount, Int128 Fee, bool Checked)> sums = new(StringComparer.Ordinal);
        long rows;

        public bool Ended { get; private set; }

        public SettledRow Add(SettledRow row, long line)
        {
            var sum = sums.GetValueOrDefault(row.Currency);
            if (sum.Checked)
                throw new BrokenSettlement(line, $"a row in {row.Currency} follows the sum of {row.Currency}");
            sums[row.Currency] = (sum.Amount + row.Amount, sum.Fee + row.Fee, false);
            rows++;
            return row;
        }

        public void Check(string currency, long amount, long fee, long line)
        {
            if (!sums.TryGetValue(currency, out var sum) || sum.Checked)
                throw new BrokenSettlement(line, $"a sum of {currency} that no rows come before");
            if (sum.Amount != amount || sum.Fee != fee)
                throw new BrokenSettlement(line, $"the sum of {currency} says amount {amount} and fee {fee}; the rows come to {sum.Amount} and {sum.Fee}");
            sums[currency] = sum with { Checked = true };
        }

        public void End(long count, long line)
        {
            if (count != rows)
                throw new BrokenSettlement(line, $"the trailer says {count} rows; there are {rows}");
            if (sums.FirstOrDefault(sum => !sum.Value.Checked).Key is { } missing)
                throw new BrokenSettlement(line, $"the sum of {missing} is missing");
            Ended = true;
        }
    }
}
