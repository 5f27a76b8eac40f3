using Repository;

namespace FaultRuns.Faults;

/// <summary>A service dies at one point of its code, at the hit that chance chooses, and is started again.</summary>
public sealed class FailPointKill(string service, string point) : IFault
{
    const int LastHit = 4;
    static readonly TimeSpan ReachedWithin = TimeSpan.FromSeconds(60);

    public string Name => $"kill-at:{point}";

    /// <summary>One for each point of the documents' table and each process that passes it.</summary>
    public static IEnumerable<IFault> All() => FailPoints.Listed.SelectMany(row => row.Processes.Select(process => new FailPointKill(process, row.Name)));

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        using var mine = await run.Take(cancel, service);
        var process = run.System.Of(service);
        await process.Kill();
        run.Did($"kill:{service}");
        process.Start(("FailPoint", $"{point}:{chance.Next(1, LastHit + 1)}"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ReachedWithin);
        try
        {
            if (await process.Ended(limit.Token) == FaultRun.Killed)
                run.Did($"{Name} {service}");
        }
        catch (OperationCanceledException)
        {
            run.Say($"{service} did not come to {point} within {ReachedWithin.TotalSeconds:0} s");
            await process.Kill();
        }

        await run.Back(service);
    }
}
