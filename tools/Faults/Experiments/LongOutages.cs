using FaultRuns.Faults;

namespace FaultRuns.Experiments;

/// <summary>
/// A dependency is unavailable for longer than customers have to pay. Orders arrive before and during the outage, by card and at the page.
/// </summary>
static class LongOutages
{
    const int SecondsToPay = 20;
    const int SecondsUnavailable = 60;
    const string Class = "short";
    const int OfEachKind = 10;

    /// <summary>A payment made in time may be captured slightly later, as verify allows.</summary>
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>As by default, orders enter review before their deadline.</summary>
    public static Dictionary<string, string?> Settings => new()
    {
        [$"Orders:TimeToPay:Classes:{Class}"] = SecondsToPay.ToString(CultureInfo.InvariantCulture),
        ["Orders:FirstRetryDelaySeconds"] = "1",
        ["Orders:MaxRetryDelaySeconds"] = "2",
        ["Orders:MaxRetries"] = "5",
        ["Orders:PendingRetryDelaySeconds"] = "5",
    };

    static readonly (string What, Func<FaultRun, Task> Stop, Func<FaultRun, Task> Start)[] Outages =
    [
        .. new[] { "Payments.Sandbox", "Inventory.Worker", "Orders.Sagas", "Payments.Worker" }.Select(service => (
            service, new Func<FaultRun, Task>(run => run.System.Of(service).Kill()), new Func<FaultRun, Task>(run => run.Back(service)))),
        ("the broker", run => run.Servers.Broker.Kill(), run => run.Servers.Broker.Start()),
    ];

    public static async Task Try(Trial trial)
    {
        trial.Row("away", "orders", "Completed", "Cancelled", "NeedsReview", "captured late", "held", "open cases", "ended after s");
        foreach (var (what, stop, start) in Outages)
            await Try(trial, what, stop, start);
        foreach (var broken in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, broken);
    }

    static async Task Try(Trial trial, string what, Func<FaultRun, Task> stop, Func<FaultRun, Task> start)
    {
        var sku = await trial.Shop.NewSku(100_000);
        var orders = await Place(trial, sku, token: null);
        await PayHalf(trial, orders, stop);
        orders.AddRange(await Place(trial, sku, "tok_ok"));
        orders.AddRange(await Place(trial, sku, token: null));
        await Delay.For(SecondsUnavailable, trial.Cancel);
        await start(trial.Run);
        var watch = Stopwatch.StartNew();
        var left = 0;
        try
        {
            await trial.AllEnd(orders, TimeSpan.FromMinutes(2));
            await Eventually.Holds("no order is in review, and no case is open", async () => await Undecided(trial, orders) == (0, 0), TimeSpan.FromMinutes(3));
            await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            left = (await trial.Open(orders)).Count;
        }

        await Report(trial, what, sku, orders, watch.Elapsed.TotalSeconds, left);
    }

    /// <summary>The outage begins at the moment when the page is paid.</summary>
    static async Task PayHalf(Trial trial, List<PlacedOrder> orders, Func<FaultRun, Task> stop)
    {
        foreach (var order in orders.Take(OfEachKind / 2))
            await trial.Shop.PressPay(await trial.Page(order.Id));
        await stop(trial.Run);
    }

    static async Task<List<PlacedOrder>> Place(Trial trial, string sku, string? token)
    {
        var drafts = Enumerable.Range(0, OfEachKind).Select(_ => Trial.NewDraft(sku, token, Class)).ToList();
        return [.. (await new Load(trial.Shop, drafts).Run(OfEachKind)).Select(one => new PlacedOrder(one.OrderId, trial.Run.Now))];
    }

    static async Task Report(Trial trial, string what, string sku, List<PlacedOrder> orders, double seconds, int left)
    {
        var states = (await trial.Run.System.Checker.Orders()).ToDictionary(order => order.Id, order => order.State);
        int In(string state) => orders.Count(order => states[order.Id] == state);
        var late = (await CapturedLate(trial)).Intersect(orders.Select(order => order.Id)).Count();
        var held = (await trial.Shop.LevelOf(sku)).Held;
        var (_, cases) = await Undecided(trial, orders);
        trial.Row(what, orders.Count, In("Completed"), In("Cancelled"), In("NeedsReview"), late, held, cases, seconds);
        trial.Require(late == 0, $"{what}: {late} orders were captured after their deadline");
        trial.Require(held == 0, $"{what}: {held} pieces are held");
        trial.Require(cases == 0 && In("NeedsReview") == 0, $"{what}: {cases} cases, {In("NeedsReview")} orders in review");
        trial.Require(left == 0, $"{what}: {left} orders have not ended");
    }

    /// <summary>Orders in review, and orders with an open case: the system decides them by itself when what was away is back.</summary>
    static async Task<(int Reviews, int Cases)> Undecided(Trial trial, IReadOnlyList<PlacedOrder> orders)
    {
        const string Reviews = "SELECT id FROM orders WHERE state = 'NeedsReview'";
        const string OpenCases = "SELECT order_id FROM cases WHERE status <> 'Resolved' AND order_id IS NOT NULL";
        var ids = orders.Select(order => order.Id).ToHashSet();
        var reviews = await trial.Read("orders", Reviews, row => row.GetGuid(0));
        var cases = await trial.Read("reconciler", OpenCases, row => row.GetGuid(0));
        return (reviews.Count(ids.Contains), cases.Count(ids.Contains));
    }

    static async Task<IReadOnlyList<Guid>> CapturedLate(Trial trial)
    {
        var orders = await trial.Read("orders", "SELECT id, pay_before FROM orders", row => (Id: row.GetGuid(0), Before: row.GetDateTime(1)));
        var deadlines = orders.ToDictionary(row => row.Id, row => row.Before);
        var captures = await trial.Read(
            "sandbox", "SELECT reference, at FROM gateway_operations WHERE operation = 'capture' AND status = 'succeeded'",
            row => (Id: Guid.Parse(row.GetString(0)), At: row.GetDateTime(1)));
        return [.. captures.Where(capture => capture.At > deadlines[capture.Id] + Margin).Select(capture => capture.Id)];
    }
}
