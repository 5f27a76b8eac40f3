using System.Globalization;
using System.Text;

namespace OrderSaga.Bench;

/// <summary>An order of a baseline: one piece of each sku at 12.50.</summary>
sealed record TrialOrder(Guid Id, string Key, IReadOnlyList<string> Skus)
{
    public const long UnitPrice = 1250;
    public const string Merchant = "bench";

    /// <summary>Minor units.</summary>
    public long Total => UnitPrice * Skus.Count;

    /// <summary>As long as the SHA-256 hashes of a key and a request.</summary>
    public string Hash => $"{Id:N}{Id:N}";

    /// <summary>Lines as stored with the order.</summary>
    public string PricedLines => Json(sku => $$"""{"sku":"{{sku}}","quantity":1,"unitPrice":{{UnitPrice}}}""");

    /// <summary>Lines as stored with the stock branch and sent in messages.</summary>
    public string Lines => Json(sku => $$"""{"sku":"{{sku}}","quantity":1}""");

    /// <summary>Lines as written to the audit.</summary>
    public string Pieces => string.Join(", ", Skus.Select(sku => $"{sku} x 1"));

    /// <summary>The answer stored with the idempotency key.</summary>
    public byte[] Answer => Encoding.UTF8.GetBytes(
        $$"""{"id":"{{Id}}","merchant":"{{Merchant}}","state":"Reserving","currency":"EUR","total":{{Total}},"lines":{{PricedLines}}}""");

    string Json(Func<string, string> line) => $"[{string.Join(",", Skus.Select(line))}]";

    public static string Sku(int number) => string.Create(CultureInfo.InvariantCulture, $"sku-{number:D5}");
}

/// <summary>Generates orders by number: the same number gives the same skus.</summary>
sealed class TrialOrders(int skus, int lines, TimeProvider clock)
{
    /// <summary>Skus are sorted, so that they are locked in the same order everywhere.</summary>
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
