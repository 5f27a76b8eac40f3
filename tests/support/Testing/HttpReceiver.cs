using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>A small HTTP server on its own port. It keeps the requests to its routes and answers as told; other requests get 404 or 405.</summary>
public class HttpReceiver : IAsyncDisposable
{
    readonly ConcurrentQueue<Received> taken = [];
    readonly WebApplication app;

    /// <param name="routes">For example <c>POST /hook</c>.</param>
    protected HttpReceiver(params string[] routes)
    {
        var builder = WebApplication.CreateSlimBuilder(["urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        app = builder.Build();
        foreach (var route in routes.Select(route => route.Split(' ')))
            app.MapMethods(route[1], [route[0]], Receive);
    }

    /// <summary>The requests in the order of arrival.</summary>
    public IReadOnlyCollection<Received> Taken => taken;

    /// <summary>The address without a path.</summary>
    public string Root => app.Urls.Single();

    /// <summary>The default response: 204.</summary>
    public Func<Received, IResult> Answers { get; set; } = _ => Results.NoContent();

    /// <inheritdoc cref="HttpReceiver(string[])"/>
    public static Task<HttpReceiver> Start(params string[] routes) => Start(new HttpReceiver(routes));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static async Task<T> Start<T>(T receiver) where T : HttpReceiver
    {
        await receiver.app.StartAsync();
        return receiver;
    }

    protected virtual Task Answer(HttpContext http, Received request) => Answers(request).ExecuteAsync(http);

    async Task Receive(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new Received(headers, body.ToArray());
        taken.Enqueue(request);
        await Answer(http, request);
    }
}
