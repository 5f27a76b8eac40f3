using System.Text;

namespace OrderSaga.Settlements;

/// <summary>
/// Reads RFC 4180 record by record; memory holds one bounded record. Lines end with CRLF, LF, CR or the file. Not with Sep, which accepts
/// what must be refused: a quote that is never closed, text after a closing quote, a record of megabytes.
/// </summary>
sealed class CsvRecords(TextReader text)
{
    /// <summary>Maximum characters of one field: far more than any real field, and it stops a file without line ends.</summary>
    const int MaxFieldLength = 4096;

    readonly StringBuilder field = new();
    long line = 1;

    /// <summary>First line of the last record, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>True if the last record ended with the file, without a line end.</summary>
    public bool EndedWithFile { get; private set; }

    /// <summary>Reads a record; trims blanks around fields. Returns null at the end.</summary>
    /// <exception cref="InvalidSettlementException">A quote is not closed, or a field is too long.</exception>
    public List<string>? Read()
    {
        if (text.Peek() < 0)
            return null;
        Line = line;
        var fields = new List<string>(9);
        while (true)
        {
            var end = text.Peek() == '"' ? Quoted() : Plain();
            fields.Add(field.ToString().Trim());
            field.Clear();
            if (end == ',')
                continue;
            if (end is not (< 0 or '\r' or '\n'))
                throw new InvalidSettlementException(Line, "a field is not followed by a comma or a line end");
            if (end == '\r' && text.Peek() == '\n')
                _ = Next();
            EndedWithFile = end < 0;
            return fields;
        }
    }

    /// <summary>Returns the character that ended the field.</summary>
    int Plain()
    {
        int next;
        while ((next = Next()) is not (< 0 or ',' or '\r' or '\n'))
            Append((char)next);
        return next;
    }

    int Quoted()
    {
        _ = Next();
        while (true)
        {
            var next = Next();
            if (next < 0)
                throw new InvalidSettlementException(Line, "a quote is opened and never closed");
            if (next == '"' && text.Peek() != '"')
                return Next();
            if (next == '"')
                _ = Next();
            Append((char)next);
        }
    }

    int Next()
    {
        var next = text.Read();
        line += next == '\n' || (next == '\r' && text.Peek() != '\n') ? 1 : 0;
        return next;
    }

    void Append(char next)
    {
        if (field.Length == MaxFieldLength)
            throw new InvalidSettlementException(Line, $"a field is longer than {MaxFieldLength} characters");
        if (char.IsControl(next) && next is not ('\r' or '\n' or '\t'))
            throw new InvalidSettlementException(Line, "a field contains a control character");
        field.Append(next);
    }
}

/// <summary>Why a settlement file is refused.</summary>
sealed class InvalidSettlementException(long line, string reason) : Exception(line > 0 ? $"line {line}: {reason}" : reason)
{
    /// <summary>Line number from 1; 0 for the whole file.</summary>
    public long Line => line;

    public string Reason => reason;
}
