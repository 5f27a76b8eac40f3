using Repository;

namespace FaultRuns.Faults;

/// <summary>A service dies at points of its code, one after the other, each at a random hit; then it is started again.</summary>
public sealed class FailPointKills(string service, IReadOnlyList<string> points) : IFault
{
    const int InOneGo = 4;

    /// <summary>The customers of a run order over HTTP.</summary>
    public static readonly (string Point, string Process)[] OverTheBus = [("placement.before-commit", "Orders.Sagas")];

    static readonly TimeSpan ReachedWithin = TimeSpan.FromSeconds(60);

    public string Name => $"kill-at:{string.Join('+', points)} {service}";

    public IReadOnlyList<string> Breaks => [service];

    /// <summary>From the documented table, a few points of one service at a time: each restart serves to die at the next.</summary>
    public static IEnumerable<IFault> At(Func<string, bool> wanted) =>
        from row in FailPoints.Listed
        where wanted($"kill-at:{row.Name}")
        from process in row.Processes
        where !OverTheBus.Contains((row.Name, process))
        group row.Name by process into service
        from some in service.Chunk(InOneGo)
        select new FailPointKills(service.Key, some);

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await run.System.Of(service).Kill();
        run.Did($"kill:{service}");
        foreach (var point in points)
            await DieAt(point, run, chance, cancel);
        await run.Back(service);
    }

    /// <summary>At rarely passed points the service dies at the first hit.</summary>
    static int LastHit(string point) =>
        point.StartsWith("reconcil", StringComparison.Ordinal) || point.Contains("refund", StringComparison.Ordinal) ? 1 : 4;

    async Task DieAt(string point, FaultRun run, Random chance, CancellationToken cancel)
    {
        var process = run.System.Of(service);
        process.Start(("FailPoint", $"{point}:{chance.Next(1, LastHit(point) + 1)}"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ReachedWithin);
        try
        {
            if (await process.Ended(limit.Token) == FaultRun.Killed)
                run.Did($"kill-at:{point} {service}");
            else
                run.Say($"{service} exited before {point}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            run.Say($"{service} did not reach {point} within {ReachedWithin.TotalSeconds:0} s");
            await process.Kill();
            run.Did($"kill:{service}");
        }
    }
}
