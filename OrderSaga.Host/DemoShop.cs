using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using OrderSaga.Platform.Database;

namespace OrderSaga.Host;

/// <summary>The shop of the demo: its API calls and ways to corrupt its ledgers.</summary>
sealed class DemoShop : IDisposable
{
    const string Sku = "tea-001";
    const int Pieces = 2;
    static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(45);

    readonly HttpClient http;
    readonly string data;

    public DemoShop(string url, string key, string data)
    {
        this.data = data;
        http = new HttpClient { BaseAddress = new Uri(url), Timeout = WaitLimit };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task Open()
    {
        (await http.PostAsJsonAsync($"/stock/{Sku}/receipts", new { receiptId = "demo", quantity = 100 })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync($"/products/{Sku}", new { name = "Green tea, 100 g", unitPrice = 1250, currency = "EUR" })).EnsureSuccessStatusCode();
    }

    /// <summary>Places orders concurrently and follows each to its final state.</summary>
    public Task<Guid[]> Orders(string token, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => Order(token, $"demo-{token}-{i}")));

    async Task<Guid> Order(string token, string key)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/orders");
        ask.Headers.Add("Idempotency-Key", key);
        ask.Headers.Add("Prefer", "wait=30");
        ask.Content = JsonContent.Create(
            new { currency = "EUR", lines = new[] { new { sku = Sku, quantity = Pieces } }, payment = new { method = "card", token } });
        using var answer = await http.SendAsync(ask);
        answer.EnsureSuccessStatusCode();
        return (Guid)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
    }

    /// <summary>Runs a reconciliation and returns its report.</summary>
    public async Task<JsonNode> Reconcile(bool dryRun)
    {
        using var begun = await http.PostAsJsonAsync("/reconciliation/runs", new { dryRun });
        begun.EnsureSuccessStatusCode();
        var id = (string)(await begun.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
        using var limit = new CancellationTokenSource(WaitLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await http.GetFromJsonAsync<JsonNode>($"/reconciliation/runs/{id}", limit.Token))!["finishedAt"] is null)
            await timer.WaitForNextTickAsync(limit.Token);
        return (await http.GetFromJsonAsync<JsonNode>($"/reconciliation/runs/{id}/report?format=json", limit.Token))!;
    }

    public Task<string> Report(JsonNode report) => http.GetStringAsync($"/reconciliation/runs/{report["run"]!["id"]}/report?format=html");

    public IEnumerable<(string What, Func<Task> Corrupt)> Corruptions(IReadOnlyList<Guid> good, IReadOnlyList<Guid> declined) =>
    [
        ("a cancelled order still holds its stock", () => Hold(declined[0])),
        ("another cancelled order is missing in orders, but its hold remains", () => DeletePayment(declined[1])),
        ("a completed order says cancelled, and its stock was returned: the customer paid for nothing", () => CancelCompleted(good[0])),
        ("a completed order has its stock held, but not sold", () => RevertSale(good[1])),
        ("a completed order's total differs from the payment", () => Run("orders", "UPDATE orders SET total = total + 100 WHERE id = @id", good[2])),
    ];

    async Task Hold(Guid order)
    {
        await Run("inventory", "UPDATE stock_branches SET state = 'Tried' WHERE order_id = @id", order);
        await Run("inventory", $"UPDATE stock SET available = available - {Pieces}, held = held + {Pieces} WHERE sku = '{Sku}'");
    }

    async Task DeletePayment(Guid order)
    {
        await Hold(order);
        await Run("orders", "DELETE FROM orders WHERE id = @id", order);
    }

    async Task CancelCompleted(Guid order)
    {
        await Run("orders", "UPDATE orders SET state = 'Cancelled' WHERE id = @id", order);
        await Run("inventory", "UPDATE stock_branches SET state = 'Cancelled' WHERE order_id = @id", order);
        await Run("inventory", $"UPDATE stock SET available = available + {Pieces}, sold = sold - {Pieces} WHERE sku = '{Sku}'");
    }

    async Task RevertSale(Guid order)
    {
        await Run("inventory", "UPDATE stock_branches SET state = 'Tried' WHERE order_id = @id", order);
        await Run("inventory", $"UPDATE stock SET held = held + {Pieces}, sold = sold - {Pieces} WHERE sku = '{Sku}'");
    }

    async Task Run(string ledger, string sql, Guid? order = null)
    {
        await using var database = new SqliteConnection($"Data Source={Path.Combine(data, ledger + ".db")};Default Timeout=30");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        if (order is { } id)
            command.Parameters.AddWithValue("@id", Dialect.Text(id));
        await command.ExecuteNonQueryAsync();
    }

    public void Dispose() => http.Dispose();
}
