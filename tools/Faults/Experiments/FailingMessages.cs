using OrderSaga.Contracts;

namespace FaultRuns.Experiments;

/// <summary>One message in a hundred at each participant cannot be handled. The others are handled just as fast.</summary>
static class FailingMessages
{
    const int Orders = 5000;
    const int Callers = 64;
    const int Times = 5;
    const double Share = 0.01;

    /// <summary>Two for each participant.</summary>
    const int CommandsOfAnOrder = 4;
    const double MinRate = 0.9;

    public static async Task Try(Trial trial)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        await Measure(trial, sku, badRate: 0);
        var (clean, _) = await Measure(trial, sku, badRate: 0);
        trial.Row("pair", "clean orders/s", "1 % failing", "ratio", "kept");
        var ratios = new List<double>();
        for (var pair = 1; pair <= Times; pair++)
        {
            // The clean one goes first in every second pair, so that a drift of the machine favours neither.
            var (failing, kept) = (0.0, 0L);
            foreach (var isClean in (bool[])[pair % 2 == 1, pair % 2 == 0])
                if (isClean)
                    (clean, _) = await Measure(trial, sku, badRate: 0);
                else
                    (failing, kept) = await Measure(trial, sku, Share * CommandsOfAnOrder * clean);
            ratios.Add(failing / clean);
            trial.Row(pair, clean, failing, failing / clean, kept);
        }

        var median = ratios.Order().ElementAt(Times / 2);
        trial.Require(median >= MinRate, $"with 1 % of failing messages the rate is {median:P0}");
    }

    /// <summary>Places orders at once; the rate counts until the last one is final.</summary>
    /// <param name="trial">Runs them.</param>
    /// <param name="sku">The product.</param>
    /// <param name="badRate">Messages per second that cannot be handled: they name orders that the participant does not know.</param>
    static async Task<(double Rate, long Kept)> Measure(Trial trial, string sku, double badRate)
    {
        var before = await trial.DeadLetters();
        var drafts = Enumerable.Range(0, Orders).Select(_ => Trial.NewDraft(sku, "tok_ok")).ToList();
        var start = trial.Run.Now;
        await using var bad = badRate == 0 ? null : await BusLoad.Start(trial, badRate, Bad);
        var placed = await new Load(trial.Shop, drafts).Run(Callers);
        await trial.AllEnd([.. placed.Select(one => new PlacedOrder(one.OrderId, default))]);
        var end = (await trial.Read("orders", "SELECT max(updated_at) FROM orders", row => row.GetDateTime(0)))[0];
        return (Orders / (end - start).TotalSeconds, await trial.DeadLetters() - before);
    }

    static (string, object) Bad(string key) => key[^1] % 2 == 0
        ? (Queues.Inventory, new ConfirmStock(Guid.CreateVersion7()))
        : (Queues.Payments, new ConfirmPayment(Guid.CreateVersion7()));
}
