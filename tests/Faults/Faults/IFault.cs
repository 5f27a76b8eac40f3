namespace FaultRuns.Faults;

/// <summary>One thing that goes wrong.</summary>
public interface IFault
{
    /// <summary>As <c>--faults</c> names it: <c>kind</c> or <c>kind:detail</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Does it and heals it: when this ends, what it took away is there again. It takes what it breaks (<see cref="FaultRun.Take"/>), counts what it did
    /// (<see cref="FaultRun.Did"/>), and draws only on the chance that it is given.
    /// </summary>
    Task Inject(FaultRun run, Random chance, CancellationToken cancel);
}
