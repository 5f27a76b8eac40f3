namespace FaultRuns.Faults;

/// <summary>
/// A service is frozen for 5 to 60 seconds, like on a machine that is migrated or short of memory; another one takes over meanwhile. Then
/// it continues where it was, and what it still writes must do no harm. Both run for a while.
/// </summary>
public sealed class Freeze(string service) : IFault
{
    const int Both = 3;

    public string Name => $"freeze:{service}";

    public IReadOnlyList<string> Breaks => [service];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        // Most are short: the other faults of a deck need their time.
        var seconds = 5 + (55 * Math.Pow(chance.NextDouble(), 3));
        var frozen = run.System.Of(service);
        await frozen.Signal("STOP");
        await using var twin = run.System.Twin(service);
        try
        {
            twin.Start();
            await Delay.For(seconds, cancel);
        }
        finally
        {
            await frozen.Signal("CONT");
        }

        await Delay.For(Both, cancel);
        await twin.Kill();
        await run.Back(service);
        run.Did(Name);
    }
}
