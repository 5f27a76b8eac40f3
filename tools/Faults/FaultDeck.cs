using FaultRuns.Faults;

namespace FaultRuns;

/// <summary>
/// Deals the shuffled deck repeatedly, by the seed: the same faults with the same random numbers in the same order. A fault that would
/// break what is currently broken waits its turn.
/// </summary>
public sealed class FaultDeck(IReadOnlyList<IFault> deck, int seed)
{
    readonly Lock gate = new();
    readonly Random chance = new(seed);
    readonly List<(IFault Fault, Random Chance)> left = [];
    readonly HashSet<string> broken = [];
    readonly HashSet<IFault> inProgress = [];
    readonly HashSet<IFault> overlapped = [];

    /// <summary>Null if all remaining faults would break what is currently broken.</summary>
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

    /// <summary>What the fault broke may be broken again.</summary>
    public void Healed(IFault fault)
    {
        lock (gate)
        {
            broken.ExceptWith(fault.Breaks);
            inProgress.Remove(fault);
        }
    }

    /// <summary>The fault has ended without healing: what it broke stays reserved until it has been repeated.</summary>
    public void Unhealed(IFault fault)
    {
        lock (gate)
            inProgress.Remove(fault);
    }

    /// <summary>The fault is being repeated.</summary>
    public void Again(IFault fault)
    {
        lock (gate)
            Begin(fault);
    }

    /// <summary>Whether another fault ran at any time during the last run of this one.</summary>
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
