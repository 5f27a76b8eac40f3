using FaultRuns.Faults;

namespace FaultRuns.Experiments;

/// <summary>Many hosted payments wait for customers who never pay, beside card payments. Some customers pay in the last second.</summary>
static class UnpaidOrders
{
    const double MaxRatio = 1.3;
    const int Callers = 48;
    const int LateOneOf = 50;
    const int SecondsForCards = 90;
    const int PlacedEachSecond = 200;
    const double MinPaid = 0.98;
    const string Class = "unpaid";
    static readonly TimeSpan BeforeTheEnd = TimeSpan.FromSeconds(1);

    /// <summary>The payment deadline is set for each run, once the number of orders is known.</summary>
    public static Dictionary<string, string?> Settings => new()
    {
        [$"Orders:TimeToPay:Classes:{Class}"] = "3600", ["Orders:MaxUnpaidOrdersPerMerchant"] = "1000000", ["Orders:MaxUnpaidPiecesPerMerchant"] = "1000000",
    };

    public static async Task Try(Trial trial)
    {
        await Configure(trial);
        var (cards, hosted) = (await trial.Shop.NewSku(1_000_000), await trial.Shop.NewSku(1_000_000));
        await trial.Measure(cards);
        var before = await trial.Measure(cards);
        var drafts = Enumerable.Range(0, trial.Options.Unpaid).Select(_ => Trial.NewDraft(hosted, null, Class)).ToList();
        var placed = await new Load(trial.Shop, drafts).Run(Callers);
        var late = PayLate(trial, [.. placed.Where((_, i) => i % LateOneOf == 0).Select(one => one.OrderId)]);
        var during = await trial.Measure(cards);
        await late;
        await trial.AllEnd([.. placed.Select(one => new PlacedOrder(one.OrderId, default))], TimeSpan.FromSeconds(Seconds(trial) + 300));
        var ratio = during.P99 / before.P99;
        trial.Row("unpaid orders", "cards p50 s", "cards p99 s", "p99 before s", "ratio");
        trial.Row(trial.Options.Unpaid, during.P50, during.P99, before.P99, ratio);
        trial.Require(ratio <= MaxRatio, $"p99 of cards is {ratio:0.00} times as long");
        await Ends(trial, hosted);
    }

    static int Seconds(Trial trial) => SecondsForCards + trial.Options.Seconds + (trial.Options.Unpaid / PlacedEachSecond);

    static async Task Configure(Trial trial)
    {
        trial.Run.System.Configure($"Orders:TimeToPay:Classes:{Class}", Seconds(trial).ToString(CultureInfo.InvariantCulture));
        string[] takers = ["Orders.Api", "Orders.Sagas"];
        await Task.WhenAll(takers.Select(service => trial.Run.System.Of(service).Kill()));
        await trial.Run.Back(takers);
    }

    static async Task PayLate(Trial trial, IReadOnlyList<Guid> orders)
    {
        const string Pages = "SELECT id, payment_url, pay_before FROM orders WHERE payment_url IS NOT NULL AND state = 'AwaitingPayment'";
        var pages = await Eventually.Becomes(
            "all can be paid", () => trial.Read("orders", Pages, row => new Page(row.GetGuid(0), row.GetString(1), row.GetDateTime(2))),
            pages => !orders.Except(pages.Select(page => page.Order)).Any(), TimeSpan.FromMinutes(2));
        await Task.WhenAll(pages.IntersectBy(orders, page => page.Order).Select(page => PayLate(trial, page)));
    }

    static async Task PayLate(Trial trial, Page page)
    {
        await Delay.For((page.Before - BeforeTheEnd - trial.Run.Now).TotalSeconds, trial.Cancel);
        using var browser = new HttpClient();
        using var answer = await browser.PostAsync(page.Url + "/pay", null, trial.Cancel);
    }

    /// <summary>When the news of each payment reached each process, in seconds after the order's deadline. More than the margin is too late.</summary>
    static async Task ReportDelays(Trial trial, HashSet<Guid> paid)
    {
        const string Audit = "SELECT subject_id, at FROM audit WHERE subject = '{0}' AND to_state = '{1}'";
        var deadlines = (await trial.Read("orders", "SELECT id, pay_before FROM orders", row => (Id: row.GetGuid(0), At: row.GetDateTime(1))))
            .Where(order => paid.Contains(order.Id)).ToDictionary(order => order.Id, order => order.At);
        (string Step, string Database, string Sql)[] steps =
        [
            ("webhook received", "payments", "SELECT order_id::text, received_at FROM webhooks WHERE order_id IS NOT NULL"),
            ("gateway answered", "payments", string.Format(CultureInfo.InvariantCulture, Audit, "payment authorize", "Succeeded")),
            ("order confirms", "orders", string.Format(CultureInfo.InvariantCulture, Audit, "order", "ConfirmingPayment")),
        ];
        trial.Row("news of the payment", "orders", "p50 s", "p99 s", "last s");
        foreach (var (step, database, sql) in steps)
        {
            var times = await trial.Read(database, sql, row => (Id: Guid.Parse(row.GetString(0)), At: row.GetDateTime(1)));
            var late = Spread.Of(times.Where(time => paid.Contains(time.Id)).Select(time => (time.At - deadlines[time.Id]).TotalSeconds));
            trial.Row(step, late.Count, late.P50, late.P99, late.Max);
        }
    }

    sealed record Page(Guid Order, string Url, DateTime Before);

    static async Task Ends(Trial trial, string sku)
    {
        const string Paid = "SELECT reference FROM gateway_operations WHERE operation = 'authorize' AND url IS NOT NULL AND status = 'succeeded'";
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(5));
        var paid = await trial.Read("sandbox", Paid, row => Guid.Parse(row.GetString(0)));
        var states = (await trial.Run.System.Checker.Orders()).ToDictionary(order => order.Id, order => order.State);
        var completed = paid.Count(id => states[id] == "Completed");
        await ReportDelays(trial, [.. paid]);
        var level = await trial.Shop.LevelOf(sku);
        var tried = (trial.Options.Unpaid + LateOneOf - 1) / LateOneOf;
        var review = states.Values.Count(state => state == "NeedsReview");
        trial.Row("paid at the end", "completed", "sold", "held", "in review");
        trial.Row(paid.Count, completed, level.Sold, level.Held, review);
        trial.Require(
            completed == paid.Count && paid.Count >= tried * MinPaid,
            $"of {tried} customers who pressed pay in their last second {paid.Count} paid, and {completed} have a completed order");
        trial.Require(level.Held == 0 && review == 0, $"{level.Held} pieces are held, {review} orders are in review");
        foreach (var broken in await trial.Run.System.Checker.Broken(paid))
            trial.Require(false, broken);
    }
}
