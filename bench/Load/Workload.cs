using System.Text;

namespace OrderSaga.Bench;

/// <summary>What one caller is about to order.</summary>
sealed record Draft(string Key, byte[] Body);

/// <summary>Which orders are placed. The same seed gives the same orders.</summary>
sealed record Workload
{
    /// <summary>What can be ordered; every order takes <see cref="Lines"/> different ones.</summary>
    public required IReadOnlyList<string> Skus { get; init; }

    public int Lines { get; init; } = 2;

    /// <summary>In turn, so that each sku is ordered equally often; otherwise by chance.</summary>
    public bool InTurn { get; init; }

    /// <summary>Share of orders whose card is declined, 0 to 1.</summary>
    public double Declined { get; init; }

    /// <summary>Share of orders of which a sku has no stock.</summary>
    public double SoldOut { get; init; }

    /// <summary>A sku without stock.</summary>
    public string? EmptySku { get; init; }

    /// <summary>Share of orders whose authorization is done and not answered.</summary>
    public double TimedOut { get; init; }

    /// <param name="prefix">Of the idempotency key: keys of two loads must differ.</param>
    /// <param name="number">Of the order in its load, from 0.</param>
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

    /// <summary>From an order's first sku to its second: never a whole round.</summary>
    int StrideOf(Random chance) => Skus.Count == 1 ? 0 : 1 + chance.Next(Skus.Count - 1);
}
