using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using OrderSaga.Host;
using Testing;

namespace Hops.Tests;

/// <summary>The embedded host in this process, and a receiver of webhooks. No ServiceHost: the embedded host makes its own builder.</summary>
sealed class Shop : IAsyncDisposable
{
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("hops-");
    readonly HttpClient http = new();
    WebApplication app = null!;
    HttpReceiver receiver = null!;

    public static async Task<Shop> Open()
    {
        var shop = new Shop();
        shop.receiver = await HttpReceiver.Start("POST /");
        shop.app = AllServices.Build(EmbeddedHost.Create(
            [
                "--urls=http://127.0.0.1:0", $"--Data={shop.data.FullName}", "--Serilog:MinimumLevel:Default=Fatal",
                "--Webhooks:AllowHttp=true", "--Webhooks:PrivateHosts:0=localhost",
            ], welcome: true));
        await shop.app.StartAsync();
        shop.http.BaseAddress = new Uri(shop.app.Urls.First());
        shop.http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(shop.data.FullName, "api-key"))).Trim());
        return shop;
    }

    public Task ReceivedWebhook => Eventually.Holds("the webhook arrives", () => receiver.Taken.Count > 0, TimeSpan.FromSeconds(30));

    /// <summary>By name: the address is then checked when the webhook is sent, not here.</summary>
    public async Task RegisterWebhook()
    {
        var url = receiver.Root.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        (await http.PostAsJsonAsync("/webhook-endpoints", new { url })).EnsureSuccessStatusCode();
    }

    public async Task Place(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders");
        request.Headers.Add("Idempotency-Key", key);
        request.Content = JsonContent.Create(
            new { currency = "EUR", lines = new[] { new { sku = "tea-001", quantity = 1 } }, payment = new { method = "hosted" } });
        (await http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await receiver.DisposeAsync();
        data.Delete(true);
    }
}
