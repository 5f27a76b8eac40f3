namespace FaultRuns.Faults;

/// <summary>Services are killed at the same time, wherever they are, and started again.</summary>
public sealed class Kill(string name, params IReadOnlyList<string> services) : IFault
{
    public static IEnumerable<IFault> All { get; } =
    [
        .. Running.Six.SelectMany(service => Enumerable.Repeat(new Kill($"kill:{service}", service), 2)),
        new Kill("kill-two", "Orders.Api", "Orders.Sagas"),
        new Kill("kill-two", "Inventory.Worker", "Payments.Worker"),
        new Kill("kill-two", "Orders.Sagas", "Payments.Sandbox"),
        new Kill("kill-all", Running.Six),
    ];

    public string Name => name;

    public IReadOnlyList<string> Breaks => services;

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await Task.WhenAll(services.Select(service => run.System.Of(service).Kill()));
        run.Did(Name);
        await run.Back([.. services]);
    }
}
