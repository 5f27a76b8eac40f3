using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Installed;
using Shouldly;
using Testing;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Telemetry.Tests;

/// <summary>One order is one trace over all processes, and its id is on every log line.</summary>
public sealed class TraceTests
{
    /// <summary>The trace of the caller, which the order continues.</summary>
    readonly string traceId = System.Diagnostics.ActivityTraceId.CreateRandom().ToHexString();

    static readonly string[] Sixfold = ["api", "sagas", "inventory", "payments", "sandbox"];

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task An_order_is_one_trace_from_POST_to_its_final_state(Mode mode)
    {
        await using var collector = await OtlpReceiver.Start();
        Set(("Otlp__Endpoint", collector.Url), ("Otlp__Protocol", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("Logs__Json", "true"), ("Serilog__MinimumLevel__Default", "Debug"));
        await using var running = await Running.Start(mode);
        var order = await Place(running);

        var spans = await Eventually.Becomes("the trace reaches the event of the end", () => Task.FromResult(TraceOf(collector)),
            trace => trace.Any(span => span.Name.Contains("OrderCompleted", StringComparison.Ordinal))
                && Services(trace).Count >= (mode.Transport == "InMemory" ? 1 : Sixfold.Length) && Orphans(trace) < 2, TimeSpan.FromSeconds(30));
        var received = string.Join("\n", spans.Select(span => $"{span.Service}: {span.Name}"));
        TestContext.Current.TestOutputHelper?.WriteLine(received);
        if (mode.Transport != "InMemory")
            Services(spans).Count.ShouldBe(Sixfold.Length, received);
        spans.ShouldContain(span => span.Name.Contains("authorize", StringComparison.OrdinalIgnoreCase), received);
        spans.ShouldContain(span => span.Name.Contains("capture", StringComparison.OrdinalIgnoreCase), received);
        LogLinesNameTheOrder(running, traceId, order);
    }

    /// <summary>Spans whose parent is missing: only the POST, whose parent is the caller's.</summary>
    static int Orphans(IReadOnlyList<Span> trace) => trace.Count(span => span.ParentId.Length > 0 && trace.All(other => other.SpanId != span.ParentId));

    static List<string> Services(IReadOnlyList<Span> trace) => [.. trace.Select(span => span.Service).Distinct()];

    IReadOnlyList<Span> TraceOf(OtlpReceiver collector) => [.. collector.Spans.Where(span => span.TraceId == traceId)];

    async Task<string> Place(Running running)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", running.ApiKey);
        // The HTTP calls of the test must not start the trace.
        System.Diagnostics.Activity.Current = null;
        (await http.PutAsJsonAsync(new Uri(running.Url("Orders.Api"), "products/tea-001"), new { name = "Tea", unitPrice = 1250, currency = "EUR" }))
            .EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync(new Uri(running.Url("Inventory.Worker"), "stock/tea-001/receipts"), new { receiptId = "r", quantity = 10 }))
            .EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "trace-1");
        http.DefaultRequestHeaders.Add("Prefer", "wait=20");
        http.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-{System.Diagnostics.ActivitySpanId.CreateRandom().ToHexString()}-01");
        var order = new { currency = "EUR", lines = new[] { new { sku = "tea-001", quantity = 1 } }, payment = new { method = "card", token = "tok_ok" } };
        var answer = await http.PostAsJsonAsync(new Uri(running.Url("Orders.Api"), "orders"), order);
        var placed = await answer.Content.ReadFromJsonAsync<JsonElement>();
        placed.GetProperty("status").GetString().ShouldBe("Completed", placed.ToString());
        return placed.GetProperty("id").GetString()!;
    }

    static void LogLinesNameTheOrder(Running running, string trace, string order)
    {
        var lines = Directory.EnumerateFiles(running.Directory, "*.log").SelectMany(File.ReadLines)
            .Where(line => line.Contains(trace, StringComparison.Ordinal)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{lines.Count} log lines of the trace");
        lines.Count.ShouldBeGreaterThan(8, "the placement, each message handled, the gateway's calls");
        lines.Where(line => !line.Contains(order, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    static void Set(params (string Name, string Value)[] variables)
    {
        foreach (var (name, value) in variables)
            Environment.SetEnvironmentVariable(name, value);
    }
}
