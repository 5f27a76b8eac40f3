namespace FaultRuns.Faults;

/// <summary>One thing that goes wrong.</summary>
public interface IFault
{
    /// <summary>As <c>--faults</c> names it: <c>kind</c> or <c>kind:detail</c>.</summary>
    string Name { get; }

    /// <summary>
    /// The services and servers (<see cref="FaultRun.Broker"/>, <see cref="FaultRun.Database"/>) that no other fault breaks meanwhile.
    /// </summary>
    IReadOnlyList<string> Breaks { get; }

    /// <summary>
    /// Does it and heals it: when this ends, what it took away is there again. It counts what it did (<see cref="FaultRun.Did"/>), and draws only on the
    /// chance that it is given.
    /// </summary>
    Task Inject(FaultRun run, Random chance, CancellationToken cancel);
}
