using OrderSaga.Platform.Http;

namespace FaultRuns.Experiments;

/// <summary>One merchant places more orders than the system can finish, or orders that all get stuck. Another one places orders as usual.</summary>
static class MerchantFloods
{
    const double OrdersPerSecond = 1000;
    const double MinShareOfRate = 0.98;

    /// <summary>Not measured: the flood reaches its limit, and the first orders of the other merchant end.</summary>
    const int SecondsToSettle = 20;

    /// <summary>Low enough to be reached on two cores, which the callers use too.</summary>
    public static IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Orders:MaxOrdersInProgressPerMerchant"] = "100",
    };

    public static async Task Try(Trial trial)
    {
        var key = ApiKeys.Create(trial.Run.System.Directory, "flooder", "flooder", Roles.Orders);
        using var flooder = new Shop(trial.Run.System, key);
        await Eventually.Holds("the flooder's key is in force", async () => (await flooder.Ask("products")).IsSuccessStatusCode);
        var sku = await trial.Shop.NewSku(10_000_000);
        await Measure(trial, sku);
        trial.Row("the flooder's orders", "ended/s", "before", "share", "p99 s", "p99 before s", "refused", "flooder: 202", "flooder: 429");
        foreach (var (what, token) in new[] { ("complete", "tok_ok"), ("get stuck", "tok_timeout") })
        {
            var before = await Measure(trial, sku);
            var flood = SteadyLoad.Start(trial, OrdersPerSecond, () => Trial.NewDraft(sku, token), flooder);
            var during = await Measure(trial, sku);
            var placed = await flood.Stop();
            var share = during.PerSecond / before.PerSecond;
            trial.Row(what, during.PerSecond, before.PerSecond, share, during.Spread.P99, before.Spread.P99, during.Refused,
                flood.Count(202), flood.Count(429));
            trial.Require(share >= MinShareOfRate, $"{what}: the other merchant's rate is {share:P0}");
            trial.Require(during.Refused == 0, $"{what}: {during.Refused} requests of the other merchant were refused");
            trial.Require(flood.Count(429) > 0, $"{what}: the flood reached no limit");
            await trial.AllEnd(placed, TimeSpan.FromMinutes(10));
        }

        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(5));
        foreach (var line in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, line);
    }

    /// <summary>What the other merchant sees, once its first orders have ended.</summary>
    static async Task<Result> Measure(Trial trial, string sku)
    {
        var load = trial.Load(sku);
        await Faults.Delay.For(SecondsToSettle, trial.Cancel);
        var from = trial.Run.Now;
        await Faults.Delay.For(trial.Options.Seconds, trial.Cancel);
        var to = trial.Run.Now;
        var orders = await load.Stop();
        var spread = await trial.Spread(orders);
        var ids = orders.Select(order => order.Id).ToHashSet();
        var ended = await trial.Read("orders", "SELECT id, updated_at FROM orders WHERE state = 'Completed'",
            row => (Id: row.GetGuid(0), At: row.GetDateTime(1)));
        return new Result(ended.Count(order => ids.Contains(order.Id) && order.At >= from && order.At < to) / (to - from).TotalSeconds, spread,
            load.Answers.Where(pair => pair.Key != 202).Sum(pair => pair.Value));
    }

    /// <param name="PerSecond">Completed orders per second.</param>
    /// <param name="Spread">From the request to the final state.</param>
    /// <param name="Refused">Answers other than 202.</param>
    sealed record Result(double PerSecond, Spread Spread, int Refused);
}
