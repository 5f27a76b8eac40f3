using FaultRuns.Conditions;

namespace FaultRuns.Faults;

/// <summary>The broker drops messages after three deliveries, while the services that consume them are killed repeatedly.</summary>
public sealed class LimitedDeliveries : IFault
{
    const int Deliveries = 3;
    const int Kills = 5;

    static readonly string[] Consumers = ["Orders.Sagas", "Inventory.Worker", "Payments.Worker"];

    public string Name => "delivery-limit";

    public IReadOnlyList<string> Breaks => [FaultRun.Broker, .. Consumers];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await using var limit = await DeliveryLimit.Set(run, Deliveries);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Delay.For(1 + chance.NextDouble(), cancel);
            await Task.WhenAll(Consumers.Select(service => run.System.Of(service).Kill()));
            await run.Back(Consumers);
        }

        run.Did(Name);
    }
}
