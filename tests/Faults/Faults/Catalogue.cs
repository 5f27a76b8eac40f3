namespace FaultRuns.Faults;

/// <summary>All faults, each as often as a deck deals it.</summary>
public static class Catalogue
{
    public static IReadOnlyList<IFault> Deck { get; } =
    [
        .. FailPointKill.All(),
        .. Running.Six.SelectMany(service => Enumerable.Repeat(new Kill(service), 3)),
    ];

    /// <summary>Those whose name or kind is among the wanted; all without any.</summary>
    public static IReadOnlyList<IFault> Wanted(IReadOnlyCollection<string> names)
    {
        bool Is(IFault fault, string name) => fault.Name == name || fault.Name.StartsWith(name + ":", StringComparison.Ordinal);
        foreach (var unknown in names.Where(name => !Deck.Any(fault => Is(fault, name))))
            throw new ArgumentException($"There is no fault {unknown}; --list names them.");
        return [.. Deck.Where(fault => names.Count == 0 || names.Any(name => Is(fault, name)))];
    }
}
