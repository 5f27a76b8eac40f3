namespace FaultRuns.Faults;

/// <summary>A fault to inject.</summary>
public interface IFault
{
    /// <summary>As <c>--faults</c> names it: <c>kind</c> or <c>kind:detail</c>.</summary>
    string Name { get; }

    /// <summary>
    /// The services and servers (<see cref="FaultRun.Broker"/>, <see cref="FaultRun.Database"/>) that no other fault may break meanwhile.
    /// </summary>
    IReadOnlyList<string> Breaks { get; }

    /// <summary>
    /// Injects the fault and heals it: when this returns, everything it broke works again. It reports what it did (<see
    /// cref="FaultRun.Did"/>) and uses only the given random numbers.
    /// </summary>
    Task Inject(FaultRun run, Random chance, CancellationToken cancel);
}
