using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace FaultRuns.Client;

/// <summary>
/// A person with database access who corrupts completed orders now and then: the order becomes cancelled and its stock is returned, while
/// the money is kept. Reconciliation is asked to check each; it must refund the money, once.
/// </summary>
public sealed class DataCorruption(FaultRun run, Customers customers, Ends ends)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);
    static readonly TimeSpan AtRest = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<Guid, bool> corrupted = [];

    public bool Has(Guid order) => corrupted.ContainsKey(order);

    /// <summary>
    /// The direct change of the database left no audit row, and a duplicate command of recovery may reach the corrupted branch afterwards:
    /// it is then refused with an alarm, as it should be.
    /// </summary>
    public bool Excuses(string violation) => violation.Split(' ')[0] is "I9" or "I10" or "I11"
        && corrupted.Keys.Any(order => violation.Contains(order.ToString(), StringComparison.Ordinal));

    public async Task Work(CancellationToken healed, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(healed))
                if (customers.Orders.FirstOrDefault(IsSelected) is { } order)
                    await CorruptAndRepair(order, cancel);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The round has ended.
        }
    }

    bool IsSelected(Placed order) => order.Kind.End == "Completed" && !Has(order.Id) && ends.Of(order.Id) < run.Now - AtRest;

    async Task CorruptAndRepair(Placed order, CancellationToken cancel)
    {
        corrupted[order.Id] = true;
        await run.Until($"{order.Id} is cancelled by hand", () => Change("orders", """
            UPDATE orders SET state = 'Cancelled' WHERE id = $1 AND state = 'Completed'
            """, order.Id), cancel);
        await run.Until($"{order.Id} has its goods put back", () => Change("inventory", """
            WITH branch AS (UPDATE stock_branches SET state = 'Cancelled' WHERE order_id = $1 AND state = 'Confirmed' RETURNING 1)
            UPDATE stock SET available = available + $2, sold = sold - $2 WHERE sku = $3 AND EXISTS (SELECT FROM branch)
            """, order.Id, (long)order.Draft.Quantity, order.Draft.Sku), cancel);
        await Reconcile(order.Id, cancel);
        run.Did("corrupted by hand and reconciled");
    }

    /// <summary>
    /// A repair whose command a purge has deleted is a case at the next check, which elsewhere is the nightly one: an operator retries it.
    /// </summary>
    public async Task RetryRequests(CancellationToken cancel)
    {
        foreach (var order in corrupted.Keys)
            await run.Until($"{order} has its money back", async () =>
            {
                if (await IsRepaired(order))
                    return true;
                await Reconcile(order, cancel);
                await RetryCase(order);
                return await IsRepaired(order);
            }, cancel);
    }

    async Task RetryCase(Guid order)
    {
        var open = (await Call(HttpMethod.Get, "cases?status=Open"))["items"]!.AsArray();
        if (open.FirstOrDefault(one => (string?)one!["orderId"] == order.ToString()) is { } found)
            await Call(HttpMethod.Post, $"cases/{found["id"]}/actions/retry", new { reason = "the broker lost what it had" });
    }

    async Task Reconcile(Guid order, CancellationToken cancel)
    {
        var requested = new { kind = "order", orderId = order, dryRun = false };
        await run.Until($"{order} is reconciled", async () => (await Call(HttpMethod.Post, "reconciliation/runs", requested))["id"] is not null, cancel);
        await run.Until("the reconciliation has ended", async () =>
            (await Call(HttpMethod.Get, "reconciliation/runs?limit=1"))["items"]![0]!["finishedAt"] is not null, cancel);
    }

    async Task<bool> IsRepaired(Guid order)
    {
        await using var connection = new NpgsqlConnection(run.System.Connection("payments"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT state FROM payment_branches WHERE order_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = order });
        return (string?)await command.ExecuteScalarAsync() == "Cancelled";
    }

    /// <summary>Repeating it after a lost response changes nothing.</summary>
    async Task<bool> Change(string database, string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(run.System.Connection(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
        return true;
    }

    async Task<JsonNode> Call(HttpMethod method, string path, object? body = null)
    {
        using var http = new HttpClient { BaseAddress = run.System.Url("Reconciler.Job"), Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", run.System.ApiKey);
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
