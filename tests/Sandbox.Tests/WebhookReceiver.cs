using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Sandbox.Tests;

/// <summary>A webhook receiver; can answer the first deliveries with an error.</summary>
sealed class WebhookReceiver : IAsyncDisposable
{
    readonly WebApplication app;
    int failures;

    WebhookReceiver(int failures)
    {
        this.failures = failures;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/hook", (Delegate)Receive);
    }

    public ConcurrentQueue<Delivery> Deliveries { get; } = [];

    public Uri Url => new(new Uri(app.Urls.Single()), "/hook");

    public static async Task<WebhookReceiver> Start(int failures = 0)
    {
        var receiver = new WebhookReceiver(failures);
        await receiver.app.StartAsync();
        return receiver;
    }

    public async Task<Delivery[]> Await(int count)
    {
        await Eventually.Holds($"{count} deliveries", () => Task.FromResult(Deliveries.Count >= count));
        return [.. Deliveries];
    }

    async Task<IResult> Receive(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var header = context.Request.Headers;
        Deliveries.Enqueue(new Delivery(
            header["webhook-id"].ToString(), header["webhook-timestamp"].ToString(), header["webhook-signature"].ToString(), await reader.ReadToEndAsync()));
        return Interlocked.Decrement(ref failures) >= 0 ? Results.StatusCode(503) : Results.NoContent();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

sealed record Delivery(string Id, string Timestamp, string Signature, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Verifies a signature from the public specification alone, as a receiver would.</summary>
    public bool IsSignedWith(string secret)
    {
        var mac = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}"));
        return Signature == "v1," + Convert.ToBase64String(mac);
    }
}
