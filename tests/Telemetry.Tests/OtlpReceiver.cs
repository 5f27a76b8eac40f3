using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Telemetry.Tests;

/// <summary>One span as it was exported.</summary>
sealed record Span(string Service, string Name, string TraceId, string SpanId, string ParentId);

/// <summary>Receives traces over OTLP/HTTP, like a collector.</summary>
sealed class OtlpReceiver : IAsyncDisposable
{
    readonly ConcurrentQueue<Span> spans = new();
    readonly WebApplication app;

    OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("/v1/traces", Receive);
        app.MapPost("/v1/metrics", () => Results.Ok());
    }

    public string Url => app.Urls.Single();
    public IReadOnlyList<Span> Spans => [.. spans];

    public static async Task<OtlpReceiver> Start()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task Receive(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var resource in Protobuf.Field(body.ToArray(), 1))
        {
            var service = ServiceOf(resource);
            foreach (var span in Protobuf.Field(resource, 2).SelectMany(scope => Protobuf.Field(scope, 2)))
                spans.Enqueue(Read(service, span));
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    static Span Read(string service, ReadOnlyMemory<byte> span)
    {
        string Hex(int field) => string.Concat(Protobuf.Field(span, field).Take(1).Select(id => Convert.ToHexStringLower(id.Span)));
        return new Span(service, Protobuf.Text(Protobuf.Field(span, 5).First()), Hex(1), Hex(2), Hex(4));
    }

    static string ServiceOf(ReadOnlyMemory<byte> resource) => Protobuf.Field(resource, 1).SelectMany(attributes => Protobuf.Field(attributes, 1))
        .Where(attribute => Protobuf.Text(Protobuf.Field(attribute, 1).First()) == "service.name")
        .Select(attribute => Protobuf.Text(Protobuf.Field(Protobuf.Field(attribute, 2).First(), 1).First())).Single();
}
