namespace FaultRuns.Experiments;

/// <summary>
/// Three processes of Orders.Api place orders by a rule for the new flow. One of them kills the switch. An order that is sent after the answer, to
/// any of them, must not be decided by the killed rule.
/// </summary>
static class SwitchKills
{
    const int Rounds = 20;
    const int Processes = 3;

    /// <summary>The callers place as fast as they can.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Settings = new Dictionary<string, string?> { ["Orders:MaxOrdersInProgress"] = "50000" };

    public static async Task Try(Trial trial)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        var system = trial.Run.System;
        await using var second = system.Twin("Orders.Api");
        await using var third = system.Twin("Orders.Api", ".third");
        Uri[] processes = [system.Url("Orders.Api"), second.Url, third.Url];
        foreach (var twin in new[] { second, third })
        {
            twin.Start();
            await twin.Ready();
        }

        var (before, after, wrong) = (new Counter(), 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            await trial.Shop.SetSwitch("flow", """[{"value":"both-at-once"}]""");
            using var stop = new CancellationTokenSource();
            var busy = processes.Select(process => Task.Run(() => PlaceUntil(trial, process, sku, before, stop.Token))).ToList();
            await Faults.Delay.For(0.5, trial.Cancel);
            await trial.Shop.KillSwitch("flow", processes[round % Processes]);
            var flows = await Task.WhenAll(Enumerable.Range(0, trial.Options.Placements / Rounds)
                .Select(i => Place(trial, processes[i % Processes], sku, CancellationToken.None)));
            await stop.CancelAsync();
            await Task.WhenAll(busy);
            after += flows.Length;
            wrong += flows.Count(flow => flow != "stock-first");
        }

        trial.Row("processes", "sent before", "sent after kill", "by the killed rule");
        trial.Row(Processes, before.Value, after, wrong);
        trial.Require(before.New > 0, "no order was decided by the rule before it was killed");
        trial.Require(wrong == 0, $"{wrong} orders sent after the answer to kill were decided by the killed rule");
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(3));
        foreach (var line in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, line);
    }

    static async Task PlaceUntil(Trial trial, Uri process, string sku, Counter counter, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            counter.Add(await Place(trial, process, sku, CancellationToken.None));
    }

    /// <returns>The flow of the placed order.</returns>
    static async Task<string> Place(Trial trial, Uri process, string sku, CancellationToken cancel)
    {
        using var answer = await trial.Shop.Post(Trial.NewDraft(sku, "tok_ok"), process: process, cancel: cancel);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Placed>(cancel))!.Flow;
    }

    sealed record Placed(string Flow);

    sealed class Counter
    {
        int value;
        int changed;

        public int Value => value;
        public int New => changed;

        public void Add(string flow)
        {
            Interlocked.Increment(ref value);
            if (flow == "both-at-once")
                Interlocked.Increment(ref changed);
        }
    }
}
