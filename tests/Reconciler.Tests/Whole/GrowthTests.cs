using System.Globalization;

namespace Reconciler.Job.Tests;

/// <summary>
/// Every scheduled job of the product reads a bounded number of rows, however large the tables are. The server counts the reads of all
/// sessions. ORDERSAGA_TEST_PLAN_ROWS sets the number of rows of orders, audit and inbox; the other tables have two million at most.
/// </summary>
public sealed class GrowthTests(ITestOutputHelper output)
{
    const long UsualRows = 60_000;
    const long MaxOtherRows = 2_000_000;
    const double MaxMilliseconds = 100;

    static readonly string[] Often =
    [
        "Recovery:IntervalSeconds=1", "Recovery:ReviewIntervalSeconds=1", "Reconciliation:WindowSeconds=900", "Retention:IntervalSeconds=1",
        "Limits:BacklogSampleIntervalSeconds=1",
    ];

    /// <summary>Each index is in the plan of at least one scheduled statement.</summary>
    static readonly string[] Used =
    [
        "ix_orders_next_retry_at", "ix_orders_in_review", "ix_orders_updated_at", "IX_inbox_received_at", "IX_failed_messages_replayed_at",
        "ix_webhook_deliveries_created_at", "IX_stock_branches_updated_at", "IX_payment_branches_updated_at", "IX_payment_attempts_updated_at",
        "IX_webhooks_received_at", "ix_findings_found_at", "PK_audit_seals", "ix_reconciliation_runs_created_at", "ix_cases_open",
    ];

    static long Rows => long.Parse(Environment.GetEnvironmentVariable("ORDERSAGA_TEST_PLAN_ROWS") ?? $"{UsualRows}", CultureInfo.InvariantCulture);

    static long OtherRows => Math.Min(Rows, MaxOtherRows);

    [Fact]
    public async Task Scheduled_jobs_read_few_rows_of_large_tables()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "PostgreSQL counts what is read.");
        await using var shop = await Shop.Open(Mode.PostgreSql, Often);
        await using var orders = new BigTables("orders", shop.Installation.Connection("orders"));
        await using var inventory = new BigTables("inventory", shop.Installation.Connection("inventory"));
        await using var payments = new BigTables("payments", shop.Installation.Connection("payments"));
        await using var reconciler = new BigTables("reconciler", shop.Installation.Connection("reconciler"));
        BigTables[] all = [orders, inventory, payments, reconciler];
        await Fill(orders, inventory, payments, reconciler);
        // Statements planned while the tables were being filled did not know their size, and the server reports reads late: the first round counts
        // for nothing, and a later one must have read few rows.
        await RunAll(shop, all);
        using var statements = new SlowStatements();
        await Eventually.Becomes("a round reads few rows", () => ReadInOneRound(shop, all), many => many.Count == 0, TimeSpan.FromMinutes(3));
        output.WriteLine(statements.ToString());
        statements.Count.ShouldBeGreaterThan(10);
        if (Rows > UsualRows)
            statements.Max.ShouldBeLessThan(MaxMilliseconds, statements.ToString());
    }

    /// <summary>The tables of which one round of all jobs read many rows.</summary>
    async Task<Dictionary<string, long>> ReadInOneRound(Shop shop, BigTables[] all)
    {
        var before = await Reads(all);
        await RunAll(shop, all);
        var read = (await Reads(all)).ToDictionary(pair => pair.Key, pair => pair.Value - before[pair.Key]);
        output.WriteLine(string.Join('\n', read.Where(pair => pair.Value > 0).OrderByDescending(pair => pair.Value)));
        return read.Where(pair => pair.Value > UsualRows / 10).ToDictionary();
    }

    [Fact]
    public async Task Retention_catches_up_on_a_large_inbox()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Rows > UsualRows, "Set ORDERSAGA_TEST_PLAN_ROWS, to 10000000 say.");
        await using var shop = await Shop.Open(Mode.PostgreSql);
        await using var orders = new BigTables("orders", shop.Installation.Connection("orders"));
        using var statements = new SlowStatements();
        await orders.Fill(
            "inbox", Rows, ("endpoint", "'orders'"), ("message_id", "ID"), ("received_at", "now() - interval '30 days' + n * interval '1 ms'"));
        statements.Clear();
        var clock = TimeProvider.System.GetTimestamp();
        const string Any = "SELECT count(*) FROM (SELECT 1 FROM inbox LIMIT 1) one";
        await Eventually.Becomes("all old rows are deleted", () => orders.Count(Any), left => left == 0, TimeSpan.FromHours(2));
        output.WriteLine($"{Rows} rows in {TimeProvider.System.GetElapsedTime(clock)}\n{statements}");
        statements.Max.ShouldBeLessThan(MaxMilliseconds, statements.ToString());
    }

    static async Task Fill(BigTables orders, BigTables inventory, BigTables payments, BigTables reconciler)
    {
        await Task.WhenAll(
            FillOrders(orders),
            inventory.Fill("stock_branches", OtherRows, ("order_id", "ID"), ("state", "'Confirmed'"), ("lines", "'[]'"), ("updated_at", "THEN")),
            FillPayments(payments),
            FillReconciler(reconciler));
    }

    static async Task FillOrders(BigTables orders)
    {
        await orders.Fill("orders", Rows, ("id", "ID"), ("state", "'Completed'"), ("lines", "'[]'"), ("total", "1"), ("merchant", "'m' || n % 7"));
        await orders.Fill("idempotency_keys", OtherRows, ("id", "md5(n::text)"), ("order_id", "ID"));
        await orders.Fill("audit", Rows, ("subject_id", "n::text"), ("subject", "'order'"), ("at", "THEN"), ("to_state", "'Completed'"));
        await orders.Fill("audit_seals", 1, ("number", "1000"), ("first_id", "1"), ("last_id", $"{Rows}"));
        await orders.Fill("inbox", Rows, ("endpoint", "'orders'"), ("message_id", "ID"), ("received_at", "THEN"));
        await orders.Fill("failed_messages", OtherRows, ("id", "ID"), ("replayed_at", "THEN"), ("failed_at", "THEN"));
        await orders.Fill("webhook_endpoints", 1, ("id", "ID"), ("state", "'Active'"), ("from_event", $"{Rows}"), ("merchant", "'unknown'"),
            ("version", "1"));
        await orders.Fill("webhook_deliveries", OtherRows, ("id", "ID"), ("endpoint_id", "'01900000-0000-7000-8000-000000000001'::uuid"), ("order_id", "ID"),
            ("event_id", "n"), ("state", "'Delivered'"), ("created_at", "THEN"));
    }

    static async Task FillPayments(BigTables payments)
    {
        await payments.Fill("payment_branches", OtherRows, ("order_id", "ID"), ("state", "'Confirmed'"), ("amount", "1"), ("capture_id", "'c'"));
        await payments.Fill("payment_attempts", OtherRows, ("idempotency_key", "n::text"), ("order_id", "ID"), ("state", "'Succeeded'"),
            ("operation", "'capture'"));
        await payments.Fill("webhooks", OtherRows, ("id", "n::text"), ("received_at", "THEN"));
    }

    static async Task FillReconciler(BigTables reconciler)
    {
        await reconciler.Fill("reconciliation_runs", 10_000, ("id", "ID"), ("kind", "'Rolling'"), ("state", "'Completed'"), ("requested_by", "'test'"),
            ("until", "now() - interval '20 minutes'"), ("day", "DATE '2026-01-01'"));
        await reconciler.Fill("findings", OtherRows, ("id", "ID"), ("run_id", "ID"), ("finding_key", "n::text"), ("severity", "'Low'"), ("remedy", "'Case'"),
            ("outcome", "'Gone'"));
        await reconciler.Fill("cases", OtherRows, ("id", "ID"), ("status", "'Resolved'"), ("severity", "'Low'"), ("remedy", "'Case'"), ("resolved_at", "THEN"),
            ("alerted_at", "THEN"));
        await reconciler.Fill("repairs", OtherRows, ("id", "ID"), ("run_id", "ID"), ("finding_key", "n::text"), ("state", "'Repaired'"),
            ("remedy", "'CancelStock'"));
    }

    static async Task<Dictionary<string, long>> Reads(BigTables[] all)
    {
        var reads = new Dictionary<string, long>();
        foreach (var database in all)
            foreach (var (table, read) in await database.Reads())
                reads[$"{database.Database}.{table}"] = read;
        return reads;
    }

    /// <summary>Waits until every scheduled statement has run once more.</summary>
    static async Task RunAll(Shop shop, BigTables[] all)
    {
        var before = await Scans(all);
        await shop.Http.Reconcile(new { kind = "rolling", dryRun = false });
        await Eventually.Becomes("every index was used", async () =>
        {
            var used = await Scans(all);
            return Used.Where(index => used.GetValueOrDefault(index) <= before.GetValueOrDefault(index)).ToList();
        }, unused => unused.Count == 0, TimeSpan.FromSeconds(90));
    }

    static async Task<Dictionary<string, long>> Scans(BigTables[] all)
    {
        var scans = new Dictionary<string, long>();
        foreach (var database in all)
            foreach (var (index, count) in await database.Scans())
                scans[index] = scans.GetValueOrDefault(index) + count;
        return scans;
    }
}
