using OrderSaga.Contracts;

namespace FaultRuns.Experiments;

/// <summary>
/// One group of orders is in trouble: flooded tenfold, without answers of the gateway, or with messages that cannot be handled. Another group, vip,
/// places orders as usual. Measured without lanes, with the lanes in shared processes, and with processes for vip alone.
/// </summary>
static class LaneFloods
{
    const int FloodTimes = 10;
    const double BadMessages = 20;

    /// <summary>Until then the compilers take a large part of the processors after a start.</summary>
    const int WarmUpSeconds = 60;

    const double MaxRatioApart = 1.2;
    const double MaxRatioShared = 2;

    const string ByCustomer = """
        [{"value":"vip","when":{"merchant":["demo"],"customer":["vip"]}},{"value":"grey","when":{"merchant":["demo"],"customer":["grey"]}}]
        """;

    static readonly string[] Lanes = ["Orders.Sagas", "Inventory.Worker", "Payments.Worker"];

    public static IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Lanes:Use"] = "main,grey,vip", ["Orders:MaxOrdersInProgressByLane:grey"] = "4",
    };

    public static async Task Try(Trial trial)
    {
        // Lanes share the stock rows on purpose, so the groups buy different goods.
        var (sku, greySku) = (await trial.Shop.NewSku(10_000_000), await trial.Shop.NewSku(10_000_000));
        await WarmUp(trial, sku);
        trial.Row("lanes", "trouble of grey", "vip p50 s", "vip p99 s", "alone p99 s", "ratio", "vip refused", "grey orders");
        await InTurn(trial, sku, greySku, "none", double.PositiveInfinity);
        await trial.Shop.SetSwitch("lane", ByCustomer);
        await WarmUp(trial, sku);
        await InTurn(trial, sku, greySku, "shared processes", MaxRatioShared);
        await using (await Apart(trial, sku))
            await InTurn(trial, sku, greySku, "own processes", MaxRatioApart);
        trial.Run.System.Configure("Lanes:Serve", null);
        await Restart(trial);
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(5));
        foreach (var line in await trial.Run.System.Checker.Broken([]))
            trial.Require(line.Contains("Confirm without a Try", StringComparison.Ordinal), line);
    }

    static async Task InTurn(Trial trial, string sku, string greySku, string lanes, double maxRatio)
    {
        foreach (var trouble in (string[])["flood", "no answers", "bad messages"])
        {
            var (alone, _) = await Measure(trial, sku);
            await using var bad = trouble == "bad messages" ? await BusLoad.Start(trial, BadMessages, _ => BadMessage(lanes != "none")) : null;
            var grey = trouble == "bad messages" ? null : SteadyLoad.Start(trial, trial.Options.Rate * (trouble == "flood" ? FloodTimes : 1),
                () => Trial.NewDraft(greySku, trouble == "flood" ? "tok_ok" : "tok_timeout") with { Customer = "grey" });
            var (during, refused) = await Measure(trial, sku);
            var placed = grey is null ? [] : await grey.Stop();
            var ratio = during.P99 / alone.P99;
            trial.Row(lanes, trouble, during.P50, during.P99, alone.P99, ratio, refused, placed.Count);
            trial.Require(ratio <= maxRatio, $"{lanes}, {trouble}: p99 of vip is {ratio:0.0} times as long");
            trial.Require(lanes == "none" || refused == 0, $"{lanes}, {trouble}: {refused} requests of vip were refused");
            await trial.AllEnd(placed, TimeSpan.FromMinutes(5));
        }
    }

    /// <summary>A command about an order that the participant does not know.</summary>
    static (string, object) BadMessage(bool inGrey) => ($"{Queues.Inventory}{(inGrey ? ".grey" : "")}", new ConfirmStock(Guid.CreateVersion7()));

    static async Task<(Spread Spread, int Refused)> Measure(Trial trial, string sku)
    {
        var load = SteadyLoad.Start(trial, trial.Options.Rate, () => Trial.NewDraft(sku, "tok_ok") with { Customer = "vip" });
        await Faults.Delay.For(trial.Options.Seconds, trial.Cancel);
        var orders = await load.Stop();
        return (await trial.Spread(orders), load.Answers.Where(pair => pair.Key != 202).Sum(pair => pair.Value));
    }

    /// <summary>Both groups place many orders.</summary>
    static async Task WarmUp(Trial trial, string sku)
    {
        var groups = new[] { "vip", "grey" };
        var loads = groups.Select(group => SteadyLoad.Start(trial, trial.Options.Rate * FloodTimes / groups.Length,
            () => Trial.NewDraft(sku, "tok_ok") with { Customer = group })).ToList();
        await Faults.Delay.For(WarmUpSeconds, trial.Cancel);
        foreach (var load in loads)
            await trial.AllEnd(await load.Stop());
    }

    /// <summary>Processes of their own for vip; the others yield the processor to them.</summary>
    static async Task<Twins> Apart(Trial trial, string sku)
    {
        trial.Run.System.Configure("Lanes:Serve", "main,grey");
        await Restart(trial);
        var twins = new Twins([.. Lanes.Select(service => trial.Run.System.Twin(service))]);
        foreach (var twin in twins.Processes)
            twin.Start(("Lanes:Serve", "vip"));
        await Task.WhenAll(twins.Processes.Select(twin => twin.Ready()));
        foreach (var service in Lanes)
            using (var renice = Process.Start("renice", ["-n", "15", "-p", trial.Run.System.Of(service).Id.ToString(CultureInfo.InvariantCulture)]))
                await renice.WaitForExitAsync(trial.Cancel);
        await WarmUp(trial, sku);
        return twins;
    }

    static async Task Restart(Trial trial)
    {
        foreach (var service in Lanes)
            await trial.Run.System.Of(service).Stop();
        await trial.Run.System.AllUp();
    }

    sealed record Twins(IReadOnlyList<ServiceProcess> Processes) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var process in Processes)
                await process.DisposeAsync();
        }
    }
}
