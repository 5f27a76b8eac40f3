using FaultRuns.Client;
using FaultRuns.Faults;

namespace FaultRuns;

/// <summary>
/// Rounds of faults under load, each followed by healing, rest and a full check, until the time is over or a violation is found.
/// </summary>
public sealed class Rounds(FaultRun run, Options options, Customers customers, Ends ends, DataCorruption corruption, FaultDeck dealer)
{
    const int AtOnce = 200;
    static readonly TimeSpan MaxRound = TimeSpan.FromSeconds(120);
    static readonly TimeSpan TimeToPay = TimeSpan.FromSeconds(Command.SecondsToPay);
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    readonly Stopwatch faulty = new();
    readonly Injector injector = new(run, dealer);

    /// <summary>The time of each round at which everything broken worked again.</summary>
    public List<DateTime> Heals { get; } = [];

    public async Task All(CancellationToken cancel)
    {
        while (run.Violations.IsEmpty && faulty.Elapsed < options.Duration && customers.Count < options.Orders)
        {
            try
            {
                await Round(cancel);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                // The report of the faults so far is worth more than the failure of the run, which it contains.
                run.Broken($"the run itself: {failure}");
            }
        }
    }

    async Task Round(CancellationToken cancel)
    {
        var left = options.Duration - faulty.Elapsed;
        var length = left < MaxRound ? left : MaxRound;
        var watch = Stopwatch.StartNew();
        bool IsOver() => watch.Elapsed > length || customers.Count >= options.Orders;
        using var healed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        faulty.Start();
        var load = Load(() => !IsOver() && length - watch.Elapsed > TimeToPay, healed.Token, cancel);
        var corrupting = corruption.Work(healed.Token, cancel);
        await Task.WhenAll(Enumerable.Range(0, options.Hands).Select(_ => Hand(IsOver, cancel)));
        await run.Servers.Up();
        // Our own pooled connections are as dead as those of the services.
        NpgsqlConnection.ClearAllPools();
        await run.Back([.. run.System.Services]);
        await injector.HealTheRest(cancel);
        faulty.Stop();
        Heals.Add(run.Now);
        run.Say($"healed; {customers.Count} orders placed, {ends.Open.Count()} open");
        await healed.CancelAsync();
        await Task.WhenAll(load, corrupting);
        await corruption.RetryRequests(cancel);
        await Rest(cancel);
    }

    async Task Hand(Func<bool> isOver, CancellationToken cancel)
    {
        while (!isOver() && run.Violations.IsEmpty)
        {
            if (dealer.Next() is not { } dealt)
            {
                await Delay.For(0.5, cancel);
                continue;
            }

            await injector.Inject(dealt.Fault, dealt.Chance, cancel);
        }
    }

    /// <summary>Places orders at the rate, unless too many customers wait, until the heal; then every customer finishes.</summary>
    async Task Load(Func<bool> leave, CancellationToken healed, CancellationToken cancel)
    {
        using var room = new SemaphoreSlim(AtOnce);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.Rate));
        var all = new List<Task>();
        try
        {
            while (await timer.WaitForNextTickAsync(healed) && customers.Count < options.Orders)
            {
                await room.WaitAsync(healed);
                all.Add(Customer(room, leave(), cancel));
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The round has ended.
        }

        await Task.WhenAll(all);
    }

    async Task Customer(SemaphoreSlim room, bool leave, CancellationToken cancel)
    {
        try
        {
            await customers.Next(leave, cancel);
        }
        catch (TimeoutException stuck)
        {
            run.Broken("I8 " + stuck.Message);
        }
        finally
        {
            room.Release();
        }
    }

    async Task Rest(CancellationToken cancel)
    {
        try
        {
            await Eventually.Holds("every order has ended", () => !ends.Open.Any(), EndsWithin);
            await run.System.Checker.AtRest(EndsWithin, Quiet);
            await customers.RepeatRequests(cancel);
        }
        catch (TimeoutException late)
        {
            run.Broken("I8 " + late.Message);
        }

        foreach (var broken in await run.System.Checker.Broken([.. customers.Orders.Select(order => order.Id)]))
            if (!corruption.Excuses(broken))
                run.Broken(broken);
        run.Say($"checked: {customers.Count} orders, {run.Done.Values.Sum()} faults, {run.Violations.Count} violations");
    }
}
