namespace FaultRuns.Faults;

/// <summary>All faults, each as often as a deck contains it.</summary>
public static class Catalogue
{
    static readonly IReadOnlyList<IFault> Others =
    [
        .. Kill.All,
        .. BrokerFault.All,
        .. DatabaseFault.All,
        .. Mangle.All,
        .. WrongClock.All,
        .. Running.Six.Select(service => new Freeze(service)),
        .. GatewayFault.All,
        new LimitedDeliveries(),
        new StaleReader(),
    ];

    /// <summary>The names that <c>--faults</c> accepts.</summary>
    public static IEnumerable<string> Names =>
        Repository.FailPoints.Listed.Select(row => $"kill-at:{row.Name}").Concat(Others.Select(fault => fault.Name)).Distinct();

    /// <summary>The faults whose name, or its beginning up to a colon or a dot, is requested; all by default.</summary>
    public static IReadOnlyList<IFault> Deck(IReadOnlyCollection<string> wanted)
    {
        static bool Is(string fault, string name) =>
            fault.StartsWith(name, StringComparison.Ordinal) && (fault.Length == name.Length || fault[name.Length] is ':' or '.');
        bool IsWanted(string fault) => wanted.Count == 0 || wanted.Any(name => Is(fault, name));
        foreach (var unknown in wanted.Where(name => !Names.Any(fault => Is(fault, name))))
            throw new ArgumentException($"There is no fault {unknown}; --list names them.");
        return [.. FailPointKills.At(IsWanted), .. Others.Where(fault => IsWanted(fault.Name))];
    }
}
