using System.Collections;
using System.Text.Json;
using OrderSaga.Contracts;

namespace OrderSaga.Ledgers;

/// <summary>
/// An order's lines as stored JSON, parsed only on access. Nearly all orders agree, and comparing the texts is enough to see that.
/// </summary>
public sealed class LineList(string json) : IReadOnlyList<OrderLine>
{
    /// <summary>Member that the order's lines have and the stock branch's do not.</summary>
    const string Price = ",\"unitPrice\":";

    IReadOnlyList<OrderLine>? lines;

    IReadOnlyList<OrderLine> Lines => lines ??= JsonSerializer.Deserialize<List<OrderLine>>(json, JsonSerializerOptions.Web) ?? [];

    public int Count => json == "[]" ? 0 : Lines.Count;

    public OrderLine this[int index] => Lines[index];

    public IEnumerator<OrderLine> GetEnumerator() => Lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>True if both have the same pieces of the same skus, in any order.</summary>
    public static bool Same(IReadOnlyList<OrderLine> one, IReadOnlyList<OrderLine> other) =>
        (one is LineList a && other is LineList b && SameText(a.Text, b.Text))
        || one.OrderBy(line => line.Sku, StringComparer.Ordinal).SequenceEqual(other.OrderBy(line => line.Sku, StringComparer.Ordinal));

    ReadOnlySpan<char> Text => json;

    /// <summary>False only means that the lines must be parsed.</summary>
    static bool SameText(ReadOnlySpan<char> priced, ReadOnlySpan<char> plain)
    {
        while (true)
        {
            var common = priced.CommonPrefixLength(plain);
            priced = priced[common..];
            plain = plain[common..];
            if (priced.IsEmpty && plain.IsEmpty)
                return true;
            if (!priced.StartsWith(Price, StringComparison.Ordinal) || priced.IndexOf('}') is not (> 0 and var end))
                return false;
            priced = priced[end..];
        }
    }
}
