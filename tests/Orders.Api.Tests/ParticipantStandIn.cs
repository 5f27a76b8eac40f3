using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.History;

namespace Orders.Api.Tests;

/// <summary>A participant with scripted responses.</summary>
public sealed class ParticipantStandIn : IAsyncDisposable
{
    readonly WebApplication app;
    int requestCount;

    ParticipantStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/branches/{name}/{id}/history", (Delegate)Answer);
        app.MapGet("/cases/orders/{id}/history", (Delegate)Answer);
    }

    public string Url => app.Urls.Single();
    public int RequestCount => requestCount;
    public string? Authorization { get; private set; }

    /// <summary>The default response: nothing has happened.</summary>
    public Func<HttpContext, string, Task<IResult>> Says { get; set; } = (_, id) => Task.FromResult(Results.Json(new AuditHistory(id, [], true)));

    public static async Task<ParticipantStandIn> Start()
    {
        var standIn = new ParticipantStandIn();
        await standIn.app.StartAsync();
        return standIn;
    }

    /// <summary>Never responds; ends when the caller disconnects.</summary>
    public static async Task<IResult> Hangs(HttpContext http, string id)
    {
        var gone = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
        return Results.Empty;
    }

    Task<IResult> Answer(HttpContext http, string id)
    {
        Interlocked.Increment(ref requestCount);
        Authorization = http.Request.Headers.Authorization.ToString();
        return Says(http, id);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
