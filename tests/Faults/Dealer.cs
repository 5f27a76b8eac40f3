using FaultRuns.Faults;

namespace FaultRuns;

/// <summary>Deals the deck, shuffled, over and over: by the seed, so the same faults in the same order with the same chance.</summary>
public sealed class Dealer(IReadOnlyList<IFault> deck, int seed)
{
    readonly Lock gate = new();
    readonly Random chance = new(seed);
    readonly Queue<IFault> left = [];

    public (IFault Fault, Random Chance) Next()
    {
        lock (gate)
        {
            if (left.Count == 0)
                Shuffle();
            return (left.Dequeue(), new Random(chance.Next()));
        }
    }

    void Shuffle()
    {
        var all = deck.ToArray();
        chance.Shuffle(all);
        foreach (var fault in all)
            left.Enqueue(fault);
    }
}
