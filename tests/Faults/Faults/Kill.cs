namespace FaultRuns.Faults;

/// <summary>A service is killed wherever it is, and started again.</summary>
public sealed class Kill(string service) : IFault
{
    public string Name => $"kill:{service}";

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        using var mine = await run.Take(cancel, service);
        await run.System.Of(service).Kill();
        run.Did(Name);
        await run.Back(service);
    }
}
