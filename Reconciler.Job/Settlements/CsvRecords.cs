using System.Text;

namespace Reconciler.Job;

/// <summary>RFC 4180, record by record; it holds one record, and that is bounded.</summary>
sealed class CsvRecords(TextReader text)
{
    /// <summary>Characters of one field: no field of ours comes near it, and a file without line ends is none.</summary>
    const int MostOfField = 4096;

    readonly StringBuilder field = new();

    /// <summary>Of the record that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Null at the end.</summary>
    /// <exception cref="BrokenSettlement">A quote or the last line is not ended, or a field is too long.</exception>
    public List<string>? Read()
    {
        if (text.Peek() < 0)
            return null;
        Number++;
        var fields = new List<string>(9);
        while (true)
        {
            var quoted = text.Peek() == '"';
            var end = quoted ? Quoted() : Plain();
            fields.Add(field.ToString());
            field.Clear();
            switch (end)
            {
                case ',':
                    break;
                case '\n':
                    return fields;
                case '\r' when text.Read() == '\n':
                    return fields;
                default:
                    throw new BrokenSettlement(
                        Number, end < 0 ? "the file ends in the middle of a line: it is cut off" : "a field is not followed by a comma or a line end");
            }
        }
    }

    /// <summary>Returns what ended the field.</summary>
    int Plain()
    {
        int next;
        while ((next = text.Read()) is not (< 0 or ',' or '\r' or '\n'))
            Append((char)next);
        return next;
    }

    int Quoted()
    {
        _ = text.Read();
        while (true)
        {
            var next = text.Read();
            if (next < 0)
                throw new BrokenSettlement(Number, "a quote is opened and never closed");
            if (next == '"' && text.Peek() != '"')
                return text.Read();
            if (next == '"')
                _ = text.Read();
            Append((char)next);
        }
    }

    void Append(char next)
    {
        if (field.Length == MostOfField)
            throw new BrokenSettlement(Number, $"a field is longer than {MostOfField} characters");
        if (char.IsControl(next) && next is not ('\r' or '\n'))
            throw new BrokenSettlement(Number, "a field has a control character in it");
        field.Append(next);
    }
}

/// <summary>A settlement file is not taken in, and this is why.</summary>
sealed class BrokenSettlement(long line, string reason) : Exception(line > 0 ? $"line {line}: {reason}" : reason)
{
    /// <summary>From 1; 0 when it is about the whole file.</summary>
    public long Line => line;

    public string Reason => reason;
}
