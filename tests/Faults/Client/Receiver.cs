using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FaultRuns.Client;

/// <summary>Where the merchant takes its webhooks.</summary>
public sealed class Receiver : IAsyncDisposable
{
    readonly WebApplication app;

    Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost("/", () => Results.Ok());
    }

    public string Url => app.Urls.Single() + "/";

    public static async Task<Receiver> Start()
    {
        var receiver = new Receiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
