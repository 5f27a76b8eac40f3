using System.Globalization;
using System.Text;

namespace OrderSaga.Bench;

/// <summary>An order as a baseline places it: one piece of each of its skus, at 12.50 each.</summary>
sealed record TrialOrder(Guid Id, string Key, IReadOnlyList<string> Skus)
{
    public const long UnitPrice = 1250;
    public const string Merchant = "bench";

    /// <summary>Minor units.</summary>
    public long Total => UnitPrice * Skus.Count;

    /// <summary>As long as the SHA-256 that stands for a key and for a request.</summary>
    public string Hash => $"{Id:N}{Id:N}";

    /// <summary>As it stands in the order's row.</summary>
    public string PricedLines => Json(sku => $$"""{"sku":"{{sku}}","quantity":1,"unitPrice":{{UnitPrice}}}""");

    /// <summary>As it stands in the stock branch's row and in messages.</summary>
    public string Lines => Json(sku => $$"""{"sku":"{{sku}}","quantity":1}""");

    /// <summary>As it is told in the audit.</summary>
    public string Pieces => string.Join(", ", Skus.Select(sku => $"{sku} x 1"));

    /// <summary>The answer that is kept with the idempotency key.</summary>
    public byte[] Answer => Encoding.UTF8.GetBytes(
        $$"""{"id":"{{Id}}","merchant":"{{Merchant}}","state":"Reserving","currency":"EUR","total":{{Total}},"lines":{{PricedLines}}}""");

    string Json(Func<string, string> line) => $"[{string.Join(",", Skus.Select(line))}]";

    public static string Sku(int number) => string.Create(CultureInfo.InvariantCulture, $"sku-{number:D5}");
}

/// <summary>Which orders are placed, by number: the same numbers give the same skus.</summary>
sealed class TrialOrders(int skus, int lines, TimeProvider clock)
{
    /// <summary>Skus come sorted: whoever locks them in turn locks them in one order.</summary>
    public TrialOrder this[int number]
    {
        get
        {
            var chance = new Random(number);
            var chosen = new SortedSet<string>(StringComparer.Ordinal);
            while (chosen.Count < Math.Min(lines, skus))
                chosen.Add(TrialOrder.Sku(chance.Next(skus)));
            var id = Guid.CreateVersion7(clock.GetUtcNow());
            return new TrialOrder(id, $"bench-{id:N}", [.. chosen]);
        }
    }
}
