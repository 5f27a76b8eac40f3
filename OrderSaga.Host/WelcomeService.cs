using System.Net.Http.Headers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderSaga.Host;

/// <summary>
/// After the start: adds a demo catalogue with stock on first use and prints a command to try. The process is ready once the catalogue
/// exists.
/// </summary>
sealed class WelcomeService(WelcomeService.WelcomeInfo about, IConfiguration settings) : IHostedLifecycleService, IHealthCheck
{
    public sealed record WelcomeInfo(string Url, string Data, string OperatorKey);

    static readonly (string Sku, string Name, long UnitPrice, int Stock)[] Catalogue =
    [
        ("tea-001", "Green tea, 100 g", 1250, 1000),
        ("cup-001", "Tea cup, white", 890, 500),
        ("pot-001", "Teapot, cast iron", 5900, 20),
    ];

    const string FirstHeaders = "-H 'Idempotency-Key: my-first-order' -H 'Prefer: wait=10' -H 'Content-Type: application/json'";
    const string FirstOrder = """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":2}],"payment":{"method":"card","token":"tok_ok"}}""";

    volatile bool seeded;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(seeded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The demo catalogue is not complete yet."));

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (settings.GetValue("Demo", true))
            await Seed(cancellationToken);
        seeded = true;
        Console.WriteLine($$$"""

              OrderSaga is running: orders, stock and payments in one process, data in {{{about.Data}}}

              API docs         {{{about.Url}}}/docs
              API key          in {{{FileOf(EmbeddedHost.CallerKey)}}}: places orders
              operator's key   in {{{FileOf(EmbeddedHost.OperatorKey)}}}: prices, stock, cases

              Place an order and wait until it is completed:

              curl -s {{{about.Url}}}/orders -H "Authorization: Bearer $(cat '{{{FileOf(EmbeddedHost.CallerKey)}}}')" {{{FirstHeaders}}} -d '{{{FirstOrder}}}'

              Ctrl+C stops it; all data is kept.

            """);
    }

    string FileOf(string key) => Path.Combine(about.Data, key);

    /// <summary>Receives goods first, prices last: a repeated seed continues where it stopped, and a receipt counts once.</summary>
    async Task Seed(CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = new Uri(about.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", about.OperatorKey);
        if ((await http.GetFromJsonAsync<Page>("/products?limit=1", cancel))!.Items.Count > 0)
            return;
        foreach (var (sku, _, _, stock) in Catalogue)
            (await http.PostAsJsonAsync($"/stock/{sku}/receipts", new { receiptId = "demo-" + sku, quantity = stock }, cancel)).EnsureSuccessStatusCode();
        foreach (var (sku, name, unitPrice, _) in Catalogue)
            (await http.PutAsJsonAsync($"/products/{sku}", new { name, unitPrice, currency = "EUR" }, cancel)).EnsureSuccessStatusCode();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    sealed record Page(IReadOnlyList<object> Items);
}
