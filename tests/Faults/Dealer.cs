using FaultRuns.Faults;

namespace FaultRuns;

/// <summary>
/// Deals the deck, shuffled, over and over, by the seed: the same faults with the same chance in the same order, but for one that would break what
/// another has broken at that moment, which waits its turn.
/// </summary>
public sealed class Dealer(IReadOnlyList<IFault> deck, int seed)
{
    readonly Lock gate = new();
    readonly Random chance = new(seed);
    readonly List<(IFault Fault, Random Chance)> left = [];
    readonly HashSet<string> broken = [];

    /// <summary>None when all that are left would break what is broken now.</summary>
    public (IFault Fault, Random Chance)? Next()
    {
        lock (gate)
        {
            if (left.Count == 0)
                Shuffle();
            var at = left.FindIndex(dealt => !dealt.Fault.Breaks.Any(broken.Contains));
            if (at < 0)
                return null;
            var next = left[at];
            left.RemoveAt(at);
            broken.UnionWith(next.Fault.Breaks);
            return next;
        }
    }

    /// <summary>What it broke may be broken again.</summary>
    public void Healed(IFault fault)
    {
        lock (gate)
            broken.ExceptWith(fault.Breaks);
    }

    void Shuffle()
    {
        var all = deck.ToArray();
        chance.Shuffle(all);
        left.AddRange(all.Select(fault => (fault, new Random(chance.Next()))));
    }
}
