using FaultRuns.Faults;
using Repository;

namespace FaultRuns.Experiments;

/// <summary>
/// The switch of the flow is changed again and again while orders are placed and services die at fail points. Every order must take the steps of
/// the flow that its placement decided.
/// </summary>
static class SwitchFlips
{
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(5);

    /// <summary>Points that this load does not pass: no run of the reconciler, no stalled order, no webhook, no refund.</summary>
    static readonly string[] NotReached = ["reconcil", "recovery.", "webhooks.", "payments.webhook", "payments.refund"];

    static readonly string[] Rules =
    [
        """[{"value":"both-at-once"}]""", "[]", """[{"value":"both-at-once","percent":50,"of":"orders"}]""",
        """[{"value":"both-at-once","percent":10,"of":"orders"}]""",
    ];

    public static async Task Try(Trial trial)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        var placed = 0;
        var load = SteadyLoad.Start(trial, trial.Options.Rate, () =>
            Trial.NewDraft(sku, Interlocked.Increment(ref placed) % 20 == 0 ? "tok_capture_refused" : "tok_ok"));
        var watch = Stopwatch.StartNew();
        var kills = KillAtPoints(trial);
        var flips = await Flip(trial);
        await kills;
        await trial.Run.Back([.. trial.Run.System.Services]);
        var orders = await load.Stop();
        var rate = orders.Count / watch.Elapsed.TotalSeconds;
        await trial.AllEnd(orders, EndsWithin);
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(5));

        var broken = await trial.Run.System.Checker.Broken([.. orders.Select(order => order.Id)]);
        var flows = await trial.Read("orders", "SELECT flow, count(*) FROM orders GROUP BY flow ORDER BY flow", row => (row.GetString(0), row.GetInt64(1)));
        trial.Row("orders", "orders/s", "by flow", "", "flips", "kills", "of mixed flow", "other violations");
        trial.Row(orders.Count, rate, string.Join(", ", flows.Select(flow => $"{flow.Item1} {flow.Item2}")), "", flips, trial.Run.Done.Values.Sum(),
            broken.Count(IsMixed), broken.Count(line => !IsMixed(line)));
        trial.Require(flows.Count == 2, "only one flow was used");
        foreach (var line in broken)
            trial.Require(false, line);
    }

    static bool IsMixed(string violation) => violation.Contains("I13", StringComparison.Ordinal);

    static async Task<int> Flip(Trial trial)
    {
        var flips = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)trial.Options.Seconds / trial.Options.Flips));
        for (; flips < trial.Options.Flips; flips++)
        {
            await timer.WaitForNextTickAsync(trial.Cancel);
            await trial.Run.Retry("a flip", () => Next(trial, flips), trial.Cancel);
        }

        return flips;
    }

    static async Task<bool> Next(Trial trial, int flip)
    {
        if (flip % 5 == 4)
            await trial.Shop.KillSwitch("flow", trial.Run.System.Url("Orders.Api"));
        else
            await trial.Shop.SetSwitch("flow", Rules[flip % Rules.Length]);
        return true;
    }

    /// <summary>Each service that is killed dies once anywhere and once at a point.</summary>
    static async Task KillAtPoints(Trial trial)
    {
        var chance = new Random(trial.Options.Seed);
        var points = (from row in FailPoints.Listed
                      from process in row.Processes
                      where !NotReached.Any(start => row.Name.StartsWith(start, StringComparison.Ordinal))
                          && !FailPointKills.OverTheBus.Contains((row.Name, process))
                      select (row.Name, Process: process)).ToArray();
        chance.Shuffle(points);
        for (var i = 0; trial.Run.Done.Values.Sum() < trial.Options.Kills; i++)
            await new FailPointKills(points[i % points.Length].Process, [points[i % points.Length].Name]).Inject(trial.Run, chance, trial.Cancel);
    }
}
