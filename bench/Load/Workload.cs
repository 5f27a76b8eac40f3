using System.Text;

namespace OrderSaga.Bench;

/// <summary>An order to place.</summary>
sealed record Draft(string Key, byte[] Body);

/// <summary>Generates orders; the same seed gives the same orders.</summary>
sealed record Workload
{
    /// <summary>The skus; every order has <see cref="Lines"/> different ones.</summary>
    public required IReadOnlyList<string> Skus { get; init; }

    public int Lines { get; init; } = 2;

    /// <summary>Takes skus in turn, so that each is ordered equally often; otherwise at random.</summary>
    public bool InTurn { get; init; }

    /// <summary>Share of orders with a declined card, 0 to 1.</summary>
    public double Declined { get; init; }

    /// <summary>Share of orders with a sold-out sku.</summary>
    public double SoldOut { get; init; }

    /// <summary>A sku without stock.</summary>
    public string? EmptySku { get; init; }

    /// <summary>Share of orders whose authorization succeeds without an answer.</summary>
    public double TimedOut { get; init; }

    /// <param name="prefix">Prefix of the idempotency key; must differ between loads.</param>
    /// <param name="number">Number of the order in its load, from 0.</param>
    public Draft Order(string prefix, int number)
    {
        var chance = new Random(number);
        var share = chance.NextDouble();
        var token = share < Declined ? "tok_declined" : share < Declined + TimedOut ? "tok_timeout" : "tok_ok";
        var soldOut = EmptySku is not null && share >= 1 - SoldOut;
        var first = InTurn ? number % Skus.Count : chance.Next(Skus.Count);
        var body = new StringBuilder("{\"currency\":\"EUR\",\"lines\":[");
        for (var line = 0; line < Math.Min(Lines, Skus.Count); line++)
        {
            var sku = soldOut && line == 0 ? EmptySku : Skus[(first + line * StrideOf(chance)) % Skus.Count];
            body.Append(line == 0 ? "" : ",").Append("{\"sku\":\"").Append(sku).Append("\",\"quantity\":1}");
        }

        body.Append("],\"payment\":{\"method\":\"card\",\"token\":\"").Append(token).Append("\"}}");
        return new Draft($"{prefix}-{number}", Encoding.UTF8.GetBytes(body.ToString()));
    }

    /// <summary>Distance from an order's first sku to its second; never a multiple of their number.</summary>
    int StrideOf(Random chance) => Skus.Count == 1 ? 0 : 1 + chance.Next(Skus.Count - 1);
}
