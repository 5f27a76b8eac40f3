namespace Testing;

public enum Op
{
    Try,
    Confirm,
    Cancel,
}

/// <summary>
/// The expected behaviour of a fence as facts about one order instead of states; written independently of the rules, to check them.
/// </summary>
/// <param name="available">What can be held.</param>
/// <param name="amount">What the Try asks for.</param>
/// <param name="refusal">Reason of the answer if that is too much.</param>
public sealed class FenceModel(long available, long amount, string refusal)
{
    string? firstTry;
    bool dead;

    public long Available { get; private set; } = available;
    public long Held { get; private set; }

    /// <summary>What was confirmed: sold, redeemed.</summary>
    public long Used { get; private set; }

    /// <summary>The steps of the branch; each leaves one audit row.</summary>
    public List<string> Path { get; } = [];

    /// <summary>The expected answer as text; null if the message must be refused with an alarm.</summary>
    public string? Handle(Op op) => op switch
    {
        Op.Try => Try(),
        Op.Confirm => Confirm(),
        _ => Cancel(),
    };

    string Try()
    {
        if (dead)
            return "refused: already cancelled";
        if (firstTry is not null)
            return firstTry;
        if (Available < amount)
        {
            Path.Add("Refused");
            return firstTry = $"refused: {refusal}";
        }

        Available -= amount;
        Held += amount;
        Path.Add("Tried");
        return firstTry = "tried";
    }

    string? Confirm()
    {
        if (dead)
            return "cancelled";
        if (Used == 0 && Held == 0)
            return null;
        if (Held > 0)
            Path.Add("Confirmed");
        (Used, Held) = (Used + Held, 0);
        return "confirmed";
    }

    string Cancel()
    {
        if (!dead)
            Path.Add("Cancelled");
        dead = true;
        (Available, Held, Used) = (Available + Held + Used, 0, 0);
        return "cancelled";
    }
}

public static class Sequences
{
    public const int MaxLength = 6;

    /// <summary>All 1,092 sequences of length 1 to 6: 3 + 9 + 27 + 81 + 243 + 729.</summary>
    public static readonly IReadOnlyList<Op[]> All = [.. Enumerable.Range(1, MaxLength).SelectMany(OfLength)];

    static IEnumerable<Op[]> OfLength(int length) => length == 0
        ? [[]]
        : OfLength(length - 1).SelectMany(start => Enum.GetValues<Op>().Select(op => (Op[])[.. start, op]));
}
