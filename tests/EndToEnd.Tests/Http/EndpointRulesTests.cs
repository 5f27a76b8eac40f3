using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using OrderSaga.Platform.Http;

namespace EndToEnd.Tests;

/// <summary>Rules for every endpoint, checked on all that are mapped.</summary>
public sealed partial class EndpointRulesTests(WholeHost host) : IClassFixture<WholeHost>
{
    [Fact]
    public async Task Every_endpoint_validates_requests_alike()
    {
        var endpoints = host.Endpoints.ToList();
        endpoints.Count.ShouldBeGreaterThan(40);
        List<string> broken = [];
        foreach (var endpoint in endpoints)
        {
            await Expect(endpoint, "?surprise=1", "", 400, "unknown-parameter");
            if (Methods(endpoint).Contains("GET"))
                continue;
            await Expect(endpoint, "", "; charset=foo", 415, "charset");
            await Expect(endpoint, "", "", 412, "precondition-failed", ("If-Match", "\"stale\""));
            await Expect(endpoint, "", "", 415, "content-encoding", ("Content-Encoding", "gzip"));
        }

        broken.ShouldBeEmpty(string.Join('\n', broken));

        async Task Expect(RouteEndpoint endpoint, string query, string parameter, int status, string problem, (string Name, string Value)? header = null)
        {
            // An endpoint evaluates preconditions after it has checked the body.
            var evaluates = Methods(endpoint).Contains("PUT") || endpoint.RoutePattern.RawText!.EndsWith("/approve", StringComparison.Ordinal);
            if (problem == "precondition-failed" && evaluates)
                return;
            using var request = WholeHost.Request(endpoint, query, parameter);
            if (header is { } one && !request.Headers.TryAddWithoutValidation(one.Name, one.Value))
                request.Content!.Headers.TryAddWithoutValidation(one.Name, one.Value);
            var answer = await host.Send(request);
            if ((answer.Status, answer.Problem) != (status, problem))
                broken.Add($"{request.Method} {request.RequestUri}{parameter} {header}: {answer.Status} {answer.Problem} in place of {status} {problem}");
        }
    }

    [Fact]
    public async Task Every_path_lists_its_methods_without_authentication()
    {
        using var stranger = new HttpClient { BaseAddress = host.Http.BaseAddress };
        foreach (var at in host.Endpoints.GroupBy(endpoint => WholeHost.Request(endpoint).RequestUri!.ToString()))
        {
            var methods = at.SelectMany(Methods).ToList();
            foreach (var method in new[] { HttpMethod.Options, HttpMethod.Trace })
            {
                using var answer = await stranger.SendAsync(new HttpRequestMessage(method, at.Key));
                ((int)answer.StatusCode).ShouldBe(method == HttpMethod.Options ? 204 : 405, $"{method} {at.Key}");
                answer.Content.Headers.Allow.ShouldBe(
                    methods.Concat(methods.Contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]).Distinct(), ignoreOrder: true, customMessage: at.Key);
            }
        }
    }

    [Theory]
    [InlineData("/cases?status=Open,Assigned")]
    [InlineData("/cases?status=1")]
    [InlineData("/cases?status=%20Open%20")]
    [InlineData("/cases?status=%2BOpen")]
    [InlineData("/cases?status=open")]
    [InlineData("/cases?status=")]
    [InlineData("/reconciliation/runs/{run}/findings?outcome=WouldRepair,WouldOpenCase")]
    [InlineData("/reconciliation/runs/{run}/findings?outcome=1")]
    [InlineData("/reconciliation/runs/{run}/findings?class=zzz")]
    [InlineData("/reconciliation/runs/{run}/findings?class=")]
    [InlineData("/stock?limit=%2B5")]
    [InlineData("/failed-messages?limit=05")]
    [InlineData("/outbox/parked?limit=5&limit=6")]
    [InlineData("/branches/stock?orderIds=019c13f2-6c00-7a51-8f3e-2b7d64c1a901,,")]
    [InlineData("/branches/payment?orderIds=%20019c13f2-6c00-7a51-8f3e-2b7d64c1a901")]
    public async Task Enum_and_number_parameters_are_matched_exactly(string path)
    {
        var run = await Run();
        var answer = await host.Send(new HttpRequestMessage(HttpMethod.Get, path.Replace("{run}", run, StringComparison.Ordinal)));
        (answer.Status, answer.Problem).ShouldBe((400, "invalid-parameter"), answer.Text);
    }

    [Theory]
    [InlineData("\"full,rolling\"")]
    [InlineData("\"1\"")]
    [InlineData("\" full \"")]
    [InlineData("\"Full\"")]
    [InlineData("\"\"")]
    public async Task A_run_kind_is_matched_by_exact_name(string kind)
    {
        using var refused = await host.Http.PostAsync("/reconciliation/runs", Json($$"""{"kind":{{kind}}}"""));
        ((int)refused.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_wrong_settlement_type_names_the_right_one()
    {
        using var content = new ByteArrayContent([1]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
        using var refused = await host.Http.PostAsync("/settlements?date=2026-01-30", content);
        ((int)refused.StatusCode).ShouldBe(415);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("Content-Type: text/csv");
    }

    [Fact]
    public async Task Every_list_in_pages_checks_cursor_and_limit_alike()
    {
        var lists = host.Endpoints.Where(endpoint => IsPaged(endpoint) && endpoint.RoutePattern.Parameters.Count == 0).ToList();
        lists.Count.ShouldBe(9);
        foreach (var list in lists)
        {
            foreach (var (query, problem) in new[] { ("limit=0", "invalid-parameter"), ("limit=101", "invalid-parameter"), ("cursor=x", "invalid-cursor") })
            {
                var answer = await host.Send(WholeHost.Request(list, "?" + query));
                (answer.Status, answer.Problem).ShouldBe((400, problem), $"{list.RoutePattern.RawText} {query}");
            }
        }
    }

    [Fact]
    public void Every_list_is_limited_by_its_rows() => host.Endpoints.Where(IsPaged)
        .Where(endpoint => endpoint.Metadata.GetMetadata<LimitedQuery>() is not { HasCost: true }).Select(endpoint => endpoint.RoutePattern.RawText)
        .ShouldBeEmpty();

    /// <summary>The positions in these lists look alike: a time and an id, or a sku.</summary>
    [Theory]
    [InlineData("/reconciliation/runs", "/orders", "/cases", "/accepted-differences")]
    [InlineData("/products", "/stock")]
    public async Task A_cursor_is_refused_by_every_other_list(string list, params string[] others)
    {
        foreach (var sku in new[] { "tea-001", "tea-002" })
        {
            await Run();
            await host.Http.PutAsync("/products/" + sku, Json("""{"name":"Tea","unitPrice":1250,"currency":"EUR"}"""));
        }

        var cursor = JsonNode.Parse(await host.Http.GetStringAsync(list + "?limit=1"))!["nextCursor"]!.GetValue<string>();
        (await Read(list)).Status.ShouldBe(200);
        foreach (var other in others)
            (await Read(other)).ShouldBe((400, "invalid-cursor"), other);

        async Task<(int Status, string? Problem)> Read(string path)
        {
            var answer = await host.Send(new HttpRequestMessage(HttpMethod.Get, $"{path}?cursor={cursor}"));
            return (answer.Status, answer.Problem);
        }
    }

    [Fact]
    public async Task All_timestamps_have_one_format()
    {
        var order = await Trade();
        var run = await Run();
        await Eventually.Holds("the run has ended", async () =>
            (await host.Send(new HttpRequestMessage(HttpMethod.Get, "/reconciliation/runs/" + run))).Text.Contains("Completed", StringComparison.Ordinal));

        HashSet<string> shown = [];
        var reads = host.Endpoints.Where(endpoint => Methods(endpoint).Contains("GET") && endpoint.RoutePattern.RawText?.Contains("openapi") == false)
            .Select(endpoint => WholeHost.Request(endpoint, "", "", name => Id(endpoint, name)).RequestUri!.ToString())
            .Append($"/reconciliation/runs/{run}/report?format=csv").Append($"/reconciliation/runs/{run}/report?format=json");
        foreach (var path in reads)
        {
            var answer = await host.Send(new HttpRequestMessage(HttpMethod.Get, path));
            foreach (Match time in Time().Matches(answer.Text))
            {
                shown.Add(path);
                OneWidth().IsMatch(time.Value).ShouldBeTrue($"{path}: {time.Value}");
            }
        }

        shown.Count.ShouldBeGreaterThan(10, string.Join('\n', shown));

        string? Id(RouteEndpoint endpoint, string name) => name is not ("id" or "orderId") ? null
            : endpoint.RoutePattern.RawText!.Contains("runs", StringComparison.Ordinal) ? run : order;
    }

    async Task<string> Trade()
    {
        await host.Http.PutAsync("/products/tea-001", Json("""{"name":"Tea","unitPrice":1250,"currency":"EUR"}"""));
        await host.Http.PostAsync("/stock/tea-001/receipts", Json("""{"receiptId":"r","quantity":100}"""));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders")
        {
            Content = Json("""{"currency":"EUR","lines":[{"sku":"tea-001","quantity":2}],"payment":{"method":"card","token":"tok_ok"}}"""),
        };
        request.Headers.Add("Idempotency-Key", "k");
        request.Headers.Add("Prefer", "wait=20");
        var answer = await host.Send(request);
        answer.Status.ShouldBe(200, answer.Text);
        return JsonNode.Parse(answer.Text)!["id"]!.GetValue<string>();
    }

    async Task<string> Run()
    {
        await Eventually.Holds("no other run is in progress", async () =>
        {
            using var started = await host.Http.PostAsync("/reconciliation/runs", Json("{}"));
            return started.StatusCode == HttpStatusCode.Accepted;
        });
        var runs = await host.Http.GetStringAsync("/reconciliation/runs?limit=1");
        return JsonNode.Parse(runs)!["items"]![0]!["id"]!.GetValue<string>();
    }

    static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    static bool IsPaged(RouteEndpoint endpoint) => endpoint.Metadata.OfType<IProducesResponseTypeMetadata>()
        .Any(answer => answer.Type is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Page<>));

    static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods;

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.]*(Z|[+-]\d\d:\d\d)?")]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex OneWidth();
}
