using FaultRuns.Faults;

namespace FaultRuns;

/// <summary>
/// Injects faults. A fault that fails to heal because of another fault is not a finding: it is repeated alone, and must heal then.
/// </summary>
public sealed class Injector(FaultRun run, FaultDeck dealer)
{
    readonly ConcurrentQueue<(IFault Fault, Random Chance)> unhealed = [];

    public async Task Inject(IFault fault, Random chance, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await fault.Inject(run, chance, cancel);
            run.Say(string.Create(CultureInfo.InvariantCulture, $"{fault.Name} ({watch.Elapsed.TotalSeconds:0.0} s)"));
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested && dealer.Overlapped(fault))
        {
            run.Say($"{fault.Name} did not heal beside another fault; it is repeated at the end of the round: {failure.Message}");
            dealer.Unhealed(fault);
            unhealed.Enqueue((fault, chance));
            return;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            run.Broken($"{fault.Name} did not heal: {failure}");
        }

        dealer.Healed(fault);
    }

    /// <summary>One after the other, with everything else running.</summary>
    public async Task HealTheRest(CancellationToken cancel)
    {
        while (unhealed.TryDequeue(out var one))
        {
            dealer.Again(one.Fault);
            await Inject(one.Fault, one.Chance, cancel);
        }
    }
}
