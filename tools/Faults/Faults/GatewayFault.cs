namespace FaultRuns.Faults;

/// <summary>The gateway fails for a while, by the sandbox's own fault rates.</summary>
public sealed class GatewayFault(string name, params (string Name, string Value)[] faults) : IFault
{
    const string Service = "Payments.Sandbox";
    const int MinSeconds = 5;
    const int MaxSeconds = 15;

    public string Name => name;

    public IReadOnlyList<string> Breaks => [Service];

    public static IEnumerable<IFault> All { get; } =
    [
        new GatewayFault("gateway-silent", ("Sandbox:Faults:TimeoutRate", "0.3")),
        new GatewayFault("gateway-error", ("Sandbox:Faults:ErrorRate", "0.5")),
        // Longer than a call may take.
        new GatewayFault("gateway-hangs", ("Sandbox:Faults:DelayMilliseconds", "4000")),
        new GatewayFault("webhooks", ("Sandbox:Faults:WebhookLossRate", "0.4"), ("Sandbox:Faults:WebhookRepeatRate", "0.6")),
    ];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await run.System.Of(Service).Kill();
        run.System.Of(Service).Start([.. faults, ("Sandbox:Faults:Seed", chance.Next().ToString(CultureInfo.InvariantCulture))]);
        await run.Back(Service);
        await Delay.For(chance.Next(MinSeconds, MaxSeconds), cancel);
        await run.System.Of(Service).Kill();
        await run.Back(Service);
        run.Did(Name);
    }
}
