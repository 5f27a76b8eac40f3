using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Testing;

namespace Telemetry.Tests;

/// <summary>One span as it was exported.</summary>
sealed record Span(string Service, string Name, string TraceId, string SpanId, string ParentId);

/// <summary>Receives traces over OTLP/HTTP, like a collector.</summary>
sealed class OtlpReceiver : HttpReceiver
{
    readonly ConcurrentQueue<Span> spans = new();

    OtlpReceiver()
        : base("POST /v1/traces", "POST /v1/metrics")
    {
    }

    public string Url => Root;
    public IReadOnlyList<Span> Spans => [.. spans];

    public static Task<OtlpReceiver> Start() => Start(new OtlpReceiver());

    protected override Task Answer(HttpContext http, Received request)
    {
        if (http.Request.Path == "/v1/traces")
            Record(request.Bytes);
        return Results.Bytes([], "application/x-protobuf").ExecuteAsync(http);
    }

    void Record(byte[] traces)
    {
        foreach (var resource in Protobuf.Field(traces, 1))
        {
            var service = ServiceOf(resource);
            foreach (var span in Protobuf.Field(resource, 2).SelectMany(scope => Protobuf.Field(scope, 2)))
                spans.Enqueue(Read(service, span));
        }
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
