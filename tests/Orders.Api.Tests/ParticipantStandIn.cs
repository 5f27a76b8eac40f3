using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.History;

namespace Orders.Api.Tests;

/// <summary>A participant with scripted responses.</summary>
public sealed class ParticipantStandIn : HttpReceiver
{
    ParticipantStandIn()
        : base("GET /branches/{name}/{id}/history", "GET /cases/orders/{id}/history")
    {
    }

    public string Url => Root;
    public int RequestCount => Taken.Count;
    public string Authorization => Taken.Last().Header("Authorization");

    /// <summary>The default response: nothing has happened.</summary>
    public Func<HttpContext, string, Task<IResult>> Says { get; set; } = (_, id) => Task.FromResult(Results.Json(new AuditHistory(id, [], true)));

    public static Task<ParticipantStandIn> Start() => Start(new ParticipantStandIn());

    /// <summary>Never responds; ends when the caller disconnects.</summary>
    public static async Task<IResult> Hangs(HttpContext http, string id)
    {
        var gone = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
        return Results.Empty;
    }

    protected override async Task Answer(HttpContext http, Received request) =>
        await (await Says(http, (string)http.Request.RouteValues["id"]!)).ExecuteAsync(http);
}
