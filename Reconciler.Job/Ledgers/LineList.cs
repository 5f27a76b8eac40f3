using System.Collections;
using System.Text.Json;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>
/// An order's lines as a ledger stores them: JSON, taken apart only when somebody looks at a line. Nearly all orders are clean, and to see that,
/// comparing the texts is enough.
/// </summary>
sealed class LineList(string json) : IReadOnlyList<OrderLine>
{
    /// <summary>The order's own lines have this beside what the stock branch has.</summary>
    const string Price = ",\"unitPrice\":";

    IReadOnlyList<OrderLine>? lines;

    IReadOnlyList<OrderLine> Lines => lines ??= JsonSerializer.Deserialize<List<OrderLine>>(json, JsonSerializerOptions.Web) ?? [];

    public int Count => json == "[]" ? 0 : Lines.Count;

    public OrderLine this[int index] => Lines[index];

    public IEnumerator<OrderLine> GetEnumerator() => Lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same pieces of the same skus, in whatever order.</summary>
    public static bool Same(IReadOnlyList<OrderLine> one, IReadOnlyList<OrderLine> other) =>
        (one is LineList a && other is LineList b && SameText(a.Text, b.Text))
        || one.OrderBy(line => line.Sku, StringComparer.Ordinal).SequenceEqual(other.OrderBy(line => line.Sku, StringComparer.Ordinal));

    ReadOnlySpan<char> Text => json;

    /// <summary>False only means that the lines must be looked at.</summary>
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
