using OrderSaga.Contracts;

namespace OrderSaga.Inventory.Tests;

enum Op
{
    Try,
    Confirm,
    Cancel,
}

/// <summary>The expected behaviour as facts about one order instead of states; written independently of the rule, to check it.</summary>
sealed class Model(long stock, int quantity)
{
    string? firstTry;
    bool dead;

    public long Available { get; private set; } = stock;
    public long Held { get; private set; }
    public long Sold { get; private set; }

    /// <summary>The steps of the branch; each leaves one audit row.</summary>
    public List<string> Path { get; } = [];

    /// <summary>The expected response as text; null if the message must be refused with an alarm.</summary>
    public string? Handle(Op op) => op switch
    {
        Op.Try => Try(),
        Op.Confirm => Confirm(),
        _ => Cancel(),
    };

    string Try()
    {
        if (dead)
            return "rejected: cancelled before tried";
        if (firstTry is not null)
            return firstTry;
        if (Available < quantity)
        {
            Path.Add("Refused");
            return firstTry = $"rejected: sold out {quantity}/{Available}";
        }

        Available -= quantity;
        Held += quantity;
        Path.Add("Tried");
        return firstTry = "reserved";
    }

    string? Confirm()
    {
        if (dead)
            return "cancelled";
        if (Sold == 0 && Held == 0)
            return null;
        if (Held > 0)
            Path.Add("Confirmed");
        (Sold, Held) = (Sold + Held, 0);
        return "confirmed";
    }

    string Cancel()
    {
        if (!dead)
            Path.Add("Cancelled");
        dead = true;
        (Available, Held, Sold) = (Available + Held + Sold, 0, 0);
        return "cancelled";
    }

    public static string Text(IOrderMessage answer) => answer switch
    {
        StockReserved => "reserved",
        StockConfirmed => "confirmed",
        StockCancelled => "cancelled",
        StockRejected no => $"rejected: {no.Reason}{string.Concat(no.Lines.Select(line => $" {line.Requested}/{line.Available}"))}",
        _ => throw new ArgumentException($"{answer} is not an answer", nameof(answer)),
    };

    public static IOrderMessage Message(Op op, Guid orderId, params OrderLine[] lines) => op switch
    {
        Op.Try => new TryReserveStock(orderId, lines),
        Op.Confirm => new ConfirmStock(orderId),
        _ => new CancelStock(orderId, "a test"),
    };
}

static class Sequences
{
    /// <summary>All 1,092 sequences of length 1 to 6: 3 + 9 + 27 + 81 + 243 + 729.</summary>
    public static readonly IReadOnlyList<Op[]> All = [.. Enumerable.Range(1, 6).SelectMany(OfLength)];

    static IEnumerable<Op[]> OfLength(int length) => length == 0
        ? [[]]
        : OfLength(length - 1).SelectMany(start => Enum.GetValues<Op>().Select(op => (Op[])[.. start, op]));
}
