using System.Text;

namespace OrderSaga.Settlements;

/// <summary>Opens a settlement file as UTF-8 text, with or without a byte order mark. Other formats are refused by name.</summary>
static class SettlementText
{
    public static StreamReader Open(Stream file)
    {
        if (ReasonInvalid(file) is { } reason)
            throw new InvalidSettlementException(0, reason);
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        return new StreamReader(file, utf8, detectEncodingFromByteOrderMarks: false, 64 * 1024, leaveOpen: true);
    }

    /// <summary>
    /// Detects other formats by the first bytes; null if it can be a CSV file. Leaves the position after a byte order mark.
    /// </summary>
    public static string? ReasonInvalid(Stream file)
    {
        Span<byte> head = stackalloc byte[4];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        file.Position = head.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return head switch
        {
            [] => "the file is empty",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, ..] or [_, 0, ..] => "the file is UTF-16: save it as UTF-8",
            [0x1F, 0x8B, ..] or [(byte)'P', (byte)'K', 3, ..] => "the file is compressed: unpack it first",
            [(byte)'<', ..] => "the file begins with '<': it is a web page or XML, not CSV",
            _ => null,
        };
    }
}

/// <summary>The columns of a file, found by name in any order; additional columns are ignored.</summary>
sealed class SettlementColumns
{
    public const string Needed = "record,id,operation,authorization_id,reference,amount,fee,currency,at";

    static readonly string[] Names = Needed.Split(',');
    readonly int[] places;
    readonly int count;

    SettlementColumns(int[] places, int count) => (this.places, this.count) = (places, count);

    public static SettlementColumns Of(List<string>? header)
    {
        if (header is null)
            throw new InvalidSettlementException(1, $"the header is missing: {Needed}");
        if (header is [var one] && one.IndexOfAny([';', '\t', '|']) is >= 0 and var at)
            throw new InvalidSettlementException(1, $"the columns are separated by '{(one[at] == '\t' ? "tab" : one[at])}': separate them by commas");
        if (header.Where(name => name.Length > 0).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(all => all.Count() > 1) is { } twice)
            throw new InvalidSettlementException(1, $"the column '{twice.Key}' occurs twice");
        var found = Array.ConvertAll(Names, name => header.FindIndex(column => column.Equals(name, StringComparison.OrdinalIgnoreCase)));
        var missing = Array.IndexOf(found, -1);
        return missing < 0 ? new SettlementColumns(found, header.Count)
            : throw new InvalidSettlementException(1, $"the header has no column '{Names[missing]}'; it needs {Needed}, in any order");
    }

    /// <summary>The fields of a record in the order of <see cref="Needed"/>.</summary>
    public string[] Arrange(List<string> record, long line, bool endedWithFile) => record.Count == count
        ? Array.ConvertAll(places, place => record[place])
        : throw new InvalidSettlementException(line, endedWithFile && record.Count < count
            ? "the file ends in the middle of a line: it is incomplete"
            : $"the line has {record.Count} columns instead of {count}");
}
