namespace FaultRuns.Faults;

/// <summary>A service runs with a wrong clock while customers wait at the gateway's page with all of their time left.</summary>
public sealed class WrongClock(string service, string shift) : IFault
{
    /// <summary>The path in Debian's package faketime.</summary>
    const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    const int Waiting = 3;

    /// <summary>By then recovery has checked them, see <see cref="Command"/>.</summary>
    const int Seconds = 15;

    public string Name => $"clock:{service}{shift}";

    public IReadOnlyList<string> Breaks => [service];

    /// <summary>None if the package is not installed.</summary>
    public static IEnumerable<IFault> All { get; } = File.Exists(Library)
        ? [.. from service in Running.Six from shift in new[] { "+1h", "-10m" } select new WrongClock(service, shift), new ClockBack()]
        : [];

    /// <summary>The time of day is shifted; durations are not.</summary>
    internal static (string Name, string Value)[] Settings { get; } =
        [("LD_PRELOAD", Library), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_FORCE_MONOTONIC_FIX", "0")];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        var sku = $"clock-{Guid.CreateVersion7():N}";
        await run.Retry($"{sku} is there", () => run.Shop.Offer(sku, 2 * Waiting), cancel);
        var orders = await Wait(run, sku, cancel);
        await run.System.Of(service).Kill();
        run.System.Of(service).Start([.. Settings, ("FAKETIME", shift)]);
        await run.Back(service);
        orders.AddRange(await Wait(run, sku, cancel));
        await Delay.For(Seconds, cancel);
        foreach (var order in orders)
            await Check(run, order, cancel);
        await run.System.Of(service).Kill();
        await run.Back(service);
        run.Did(Name);
    }

    static async Task<List<Guid>> Wait(FaultRun run, string sku, CancellationToken cancel)
    {
        var orders = new List<Guid>();
        while (orders.Count < Waiting)
        {
            var draft = new Draft($"clock-{Guid.CreateVersion7():N}", sku, 1, Token: null);
            orders.Add((await run.Retry("a customer waits", () => Shop.Read<Order>(run.Shop.Post(draft)), cancel)).Id);
        }

        return orders;
    }

    /// <summary>The deadline is a quarter of an hour, of which seconds have passed.</summary>
    async Task Check(FaultRun run, Guid id, CancellationToken cancel)
    {
        var order = await run.Retry($"{id} is there", () => run.Shop.Get(id), cancel);
        if (order.Status is not ("Reserving" or "AwaitingPayment"))
            run.Broken($"{Name}: {id} has its time to pay and is {order.Status}: {order.Reason}");
        await run.Retry($"{id} is cancelled", async () =>
        {
            using var answer = await run.Shop.Cancel(id);
            return answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.Conflict ? answer.StatusCode : throw new HttpRequestException("not now");
        }, cancel);
    }
}
