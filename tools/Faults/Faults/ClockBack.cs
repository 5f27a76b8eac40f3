namespace FaultRuns.Faults;

/// <summary>
/// The clock of the running reconciler steps back one hour, as after a wrong time server. Its schedules continue within seconds: an order
/// left at the gateway's page ends at its deadline.
/// </summary>
public sealed class ClockBack : IFault
{
    const string Service = "Reconciler.Job";
    const int SecondsToSeeIt = 2;

    /// <summary>Longer than the payment deadline; other faults may delay the order meanwhile.</summary>
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(3);

    public string Name => $"clock-back:{Service}";

    public IReadOnlyList<string> Breaks => [Service];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        var offset = Path.Combine(run.System.Directory, "clock-back");
        await File.WriteAllTextAsync(offset, "+0", cancel);
        await run.System.Of(Service).Kill();
        run.System.Of(Service).Start([.. WrongClock.Settings, ("FAKETIME_TIMESTAMP_FILE", offset), ("FAKETIME_NO_CACHE", "1")]);
        await run.Back(Service);
        await File.WriteAllTextAsync(offset, "-1h", cancel);
        await Delay.For(SecondsToSeeIt, cancel);
        await LeftAtThePageEnds(run, cancel);
        await run.System.Of(Service).Kill();
        await run.Back(Service);
        run.Did(Name);
    }

    async Task LeftAtThePageEnds(FaultRun run, CancellationToken cancel)
    {
        var sku = await run.Retry("there is stock", () => run.Shop.Offer($"clock-{Guid.CreateVersion7():N}", 1), cancel);
        var draft = new Draft($"clock-{Guid.CreateVersion7():N}", sku, 1, Token: null, Class: Command.ShortToPay);
        var order = await run.Retry("a customer leaves the page", () => Shop.Read<Order>(run.Shop.Post(draft)), cancel);
        var watch = Stopwatch.StartNew();
        await run.Until($"{order.Id} has ended or is overdue",
            async () => watch.Elapsed > EndsWithin || (await run.Shop.Get(order.Id)).Status is "Cancelled", cancel);
        if (watch.Elapsed > EndsWithin)
            run.Broken($"{Name}: {order.Id} was left at the page and has not ended {watch.Elapsed.TotalSeconds:0} s later");
    }
}
