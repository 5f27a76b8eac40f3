using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orders.Api.Tests.Webhooks;

/// <summary>A merchant's webhook receiver with scripted responses.</summary>
public sealed class HookReceiver : IAsyncDisposable
{
    readonly WebApplication app;

    HookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/hook", (Delegate)Receive);
    }

    public ConcurrentQueue<Hook> Taken { get; } = [];

    public string Url => app.Urls.Single() + "/hook";

    /// <summary>The default response: 200.</summary>
    public Func<Hook, IResult> Answers { get; set; } = _ => Results.NoContent();

    public static async Task<HookReceiver> Start()
    {
        var receiver = new HookReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The event types received for an order, in the order of arrival.</summary>
    public string Of(Guid order) => string.Join(' ', Taken.Where(hook => hook.OrderId == order).Select(hook => hook.Type));

    async Task<IResult> Receive(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers;
        var hook = new Hook(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(),
            await reader.ReadToEndAsync());
        Taken.Enqueue(hook);
        return Answers(hook);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>A received webhook.</summary>
public sealed record Hook(string Id, string Timestamp, string Signature, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
    public string Type => (string)Json["type"]!;
    public Guid OrderId => (Guid)Json["data"]!["orderId"]!;

    /// <summary>Verifies a signature from the public specification alone, as a receiver would.</summary>
    public bool IsSignedWith(string secret)
    {
        var mac = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}"));
        return Signature.Split(' ').Contains("v1," + Convert.ToBase64String(mac));
    }
}

/// <summary>Accepts connections and never responds.</summary>
sealed class Silent : IAsyncDisposable
{
    readonly System.Net.Sockets.TcpListener listener = new(IPAddress.Loopback, 0);

    public Silent() => listener.Start();

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

    public ValueTask DisposeAsync()
    {
        listener.Stop();
        return ValueTask.CompletedTask;
    }
}
