using FaultRuns.Conditions;
using FaultRuns.Faults;

namespace FaultRuns.Experiments;

/// <summary>
/// A forgotten session locks a row that one order needs. That order waits until the lock is released; other orders continue.
/// </summary>
static class LockedRows
{
    const double MaxRatio = 1.2;
    const double MaxMedianRatio = 1.5;

    /// <summary>The first batch that meets the lock waits for it this long, once: Database:LockTimeoutMilliseconds.</summary>
    const double LockTimeoutSeconds = 0.5;

    static readonly (string What, string Database, string Query)[] Rows =
    [
        ("order", "orders", "SELECT id FROM orders WHERE id = '{0}'"),
        ("sku", "inventory", "SELECT sku FROM stock WHERE sku = '{1}'"),
        ("stock branch", "inventory", "SELECT order_id FROM stock_branches WHERE order_id = '{0}'"),
        ("payment branch", "payments", "SELECT order_id FROM payment_branches WHERE order_id = '{0}'"),
    ];

    public static async Task Try(Trial trial)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        await trial.Measure(sku);
        trial.Row("locked", "others p50 s", "others p99 s", "p99 before s", "ratio", "its order after");
        foreach (var (what, database, query) in Rows)
            await Try(trial, sku, what, database, query);
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(2));
        foreach (var broken in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, broken);
    }

    static async Task Try(Trial trial, string sku, string what, string database, string query)
    {
        var before = await trial.Measure(sku);
        var own = await trial.Shop.NewSku(10);
        var order = await trial.Shop.Place(own, 1, token: null, wait: 0);
        var page = await trial.Page(order.Id);
        Spread others;
        var text = string.Format(CultureInfo.InvariantCulture, query, order.Id, own);
        var (held, hasRow) = await HeldLock.Rows(trial.Run, database, text, trial.Cancel);
        await using (held)
        {
            // The response for it needs the locked row; other responses might have to wait behind it.
            await trial.Shop.Pay(page);
            others = await MeasureWhileHeld(trial, sku);
        }

        var end = await trial.Shop.End(order.Id, TimeSpan.FromMinutes(2));
        var ratio = others.P99 / before.P99;
        trial.Row(what, others.P50, others.P99, before.P99, ratio, end.Status);
        trial.Require(hasRow, $"{what}: there was no row to lock");
        trial.Require(others.P50 <= MaxMedianRatio * before.P50,
            $"{what}: p50 of other orders rose from {before.P50:0.000} to {others.P50:0.000} s");
        trial.Require(others.P99 <= Math.Max(MaxRatio * before.P99, before.P99 + LockTimeoutSeconds),
            $"{what}: p99 of other orders rose from {before.P99:0.000} to {others.P99:0.000} s");
        trial.Require(end.Status == "Completed", $"{what}: its own order is {end.Status}");
    }

    /// <summary>Holds the lock until the others have ended: what waits for it must still succeed.</summary>
    static async Task<Spread> MeasureWhileHeld(Trial trial, string sku)
    {
        var load = trial.Load(sku);
        await Delay.For(trial.Options.Seconds, trial.Cancel);
        var orders = await load.Stop();
        try
        {
            await trial.AllEnd(orders, TimeSpan.FromSeconds(30));
            return await trial.Spread(orders);
        }
        catch (TimeoutException)
        {
            var open = await trial.Open(orders);
            trial.Require(false, $"{open.Count} of {orders.Count} other orders have not ended while the row is locked");
            return new Spread(orders.Count, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
        }
    }
}
