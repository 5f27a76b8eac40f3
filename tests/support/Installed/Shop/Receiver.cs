using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Installed;

/// <summary>A merchant's webhook receiver.</summary>
public sealed class Receiver : IAsyncDisposable
{
    readonly WebApplication app;

    Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/", async (HttpContext http) =>
        {
            var json = (await JsonNode.ParseAsync(http.Request.Body))!;
            var at = TimeProvider.System.GetUtcNow().UtcDateTime;
            Taken.Enqueue((http.Request.Headers["webhook-id"].ToString(), (Guid)json["data"]!["orderId"]!, (string)json["type"]!, at));
        });
    }

    /// <summary>All received webhooks in the order of arrival; times are UTC.</summary>
    public ConcurrentQueue<(string Id, Guid Order, string Type, DateTime At)> Taken { get; } = [];

    public string Url => app.Urls.Single() + "/";

    public static async Task<Receiver> Start()
    {
        var receiver = new Receiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The events of an order, each at its first arrival.</summary>
    public string First(Guid order) => string.Join(' ', Taken.Where(hook => hook.Order == order).DistinctBy(hook => hook.Id).Select(hook => hook.Type));

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
