using System.Text.Json.Nodes;
using FaultRuns.Conditions;

namespace FaultRuns.Faults;

/// <summary>Faults of the broker.</summary>
public sealed class BrokerFault(string name, Func<FaultRun, Random, CancellationToken, Task> doIt) : IFault
{
    public string Name => name;

    public IReadOnlyList<string> Breaks => [FaultRun.Broker];

    public static IEnumerable<IFault> All { get; } =
    [
        new BrokerFault("broker-kill", async (run, _, _) =>
        {
            await run.Servers.Broker.Kill();
            await run.Servers.Broker.Start();
        }),
        new BrokerFault("broker-stop", async (run, chance, cancel) =>
        {
            await run.Servers.Broker.StopApp();
            await Delay.For(chance.Next(1, 6), cancel);
            await run.Servers.Broker.StartApp();
        }),
        new BrokerFault("broker-away", async (run, _, cancel) =>
        {
            await run.Servers.Broker.Kill();
            await Delay.For(60, cancel);
            await run.Servers.Broker.Start();
        }),
        new BrokerFault("purge", (run, _, _) => Purge(run)),
        new BrokerFault("purge", (run, _, _) => Purge(run)),
        .. FullSubscriber.Events.Select(contract => new BrokerFault($"full-subscriber:{contract}", (run, chance, cancel) =>
            Refuse(run, contract, chance, cancel))),
    ];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await doIt(run, chance, cancel);
        run.Did(Name);
    }

    /// <summary>The subscriber of an event accepts nothing for a while.</summary>
    static async Task Refuse(FaultRun run, string contract, Random chance, CancellationToken cancel)
    {
        await using var full = await FullSubscriber.Bind(run, contract);
        await Delay.For(chance.Next(10, 31), cancel);
    }

    /// <summary>All messages in all queues are lost.</summary>
    static async Task Purge(FaultRun run)
    {
        using var http = Installation.Management();
        foreach (var queue in (await http.GetFromJsonAsync<JsonArray>($"api/queues/{run.System.Vhost}"))!)
            using (await http.DeleteAsync($"api/queues/{run.System.Vhost}/{Uri.EscapeDataString((string)queue!["name"]!)}/contents"))
            {
            }
    }
}
