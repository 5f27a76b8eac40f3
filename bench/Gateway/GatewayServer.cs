using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Bench;

/// <summary>
/// A foreign payment gateway in a separate process: answers at once from memory. The token <c>tok_declined</c> is declined,
/// <c>tok_timeout</c> succeeds without an answer.
/// </summary>
static class GatewayServer
{
    /// <summary>Printed once it answers, followed by the URL.</summary>
    public const string Listening = "LISTENING ";

    /// <summary>Runs until the input closes, so that the gateway does not outlive its parent.</summary>
    public static async Task<int> Run(string[] args)
    {
        var port = args is ["--port", var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        Map(app, new GatewayLedger());
        await app.StartAsync();
        await Console.Out.WriteLineAsync(Listening + app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Standard input is only used to detect the parent's end.
        }

        await app.StopAsync();
        return 0;
    }

    static void Map(IEndpointRouteBuilder app, GatewayLedger ledger)
    {
        app.MapPost("/v1/authorizations", (RequestDelegate)(http => Authorize(http, ledger)));
        app.MapPost("/v1/authorizations/{id}/capture", FollowUp(ledger, "capture"));
        app.MapPost("/v1/authorizations/{id}/void", FollowUp(ledger, "void"));
        app.MapPost("/v1/captures/{id}/refund", FollowUp(ledger, "refund"));
        app.MapGet("/v1/operations", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(
            new { items = ledger.Find(http.Request.Query["idempotencyKey"], http.Request.Query["reference"]) })));
        app.MapGet("/ledger", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(ledger.All)));
    }

    static async Task Authorize(HttpContext http, GatewayLedger ledger)
    {
        var call = (await http.Request.ReadFromJsonAsync<AuthorizationCall>(http.RequestAborted))!;
        var entry = ledger.Authorize(KeyOf(http), call);
        if (call.Token == "tok_timeout")
            await Hang(http);
        else
            await Answer(http, entry);
    }

    static async Task Hang(HttpContext http)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    static RequestDelegate FollowUp(GatewayLedger ledger, string operation) => http =>
        Answer(http, ledger.FollowUp(KeyOf(http), operation, (string)http.Request.RouteValues["id"]!));

    static string KeyOf(HttpContext http) => http.Request.Headers["Idempotency-Key"].ToString();

    static Task Answer(HttpContext http, GatewayEntry? entry)
    {
        http.Response.StatusCode = entry switch
        {
            null => StatusCodes.Status404NotFound,
            { Status: "declined" } => StatusCodes.Status402PaymentRequired,
            _ => StatusCodes.Status201Created,
        };
        return http.Response.WriteAsJsonAsync(entry);
    }
}
