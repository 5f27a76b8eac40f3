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
    readonly HashSet<IFault> inProgress = [];
    readonly HashSet<IFault> overlapped = [];

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
            Begin(next.Fault);
            return next;
        }
    }

    /// <summary>What it broke may be broken again.</summary>
    public void Healed(IFault fault)
    {
        lock (gate)
        {
            broken.ExceptWith(fault.Breaks);
            inProgress.Remove(fault);
        }
    }

    /// <summary>It has ended and did not heal: what it broke is its own until it has been done again.</summary>
    public void Unhealed(IFault fault)
    {
        lock (gate)
            inProgress.Remove(fault);
    }

    /// <summary>It is done again.</summary>
    public void Again(IFault fault)
    {
        lock (gate)
            Begin(fault);
    }

    /// <summary>Whether another fault was done at any moment of the last time that this one was.</summary>
    public bool Overlapped(IFault fault)
    {
        lock (gate)
            return overlapped.Contains(fault);
    }

    void Begin(IFault fault)
    {
        overlapped.Remove(fault);
        inProgress.Add(fault);
        if (inProgress.Count > 1)
            overlapped.UnionWith(inProgress);
    }

    void Shuffle()
    {
        var all = deck.ToArray();
        chance.Shuffle(all);
        left.AddRange(all.Select(fault => (fault, new Random(chance.Next()))));
    }
}
