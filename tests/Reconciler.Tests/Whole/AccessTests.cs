using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using OrderSaga.Platform.Http;

namespace Reconciler.Job.Tests;

/// <summary>One shop for all calls that must not change anything.</summary>
public sealed class QuietShop : IAsyncLifetime
{
    internal Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.Open(Mode.Embedded);

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}

/// <summary>Who may call, and how invalid input is refused.</summary>
public sealed class AccessTests(QuietShop quiet) : IClassFixture<QuietShop>
{
    const string NoId = "0199f0a0-7c1e-7000-8000-000000000000";

    public static TheoryData<string, string> Calls() => new()
    {
        { "POST", "/reconciliation/runs" }, { "GET", "/reconciliation/runs" }, { "GET", $"/reconciliation/runs/{NoId}" },
        { "GET", $"/reconciliation/runs/{NoId}/findings" }, { "GET", $"/reconciliation/runs/{NoId}/report" }, { "GET", "/reconciliation/conservation" },
        { "POST", "/settlements?date=2026-01-30" }, { "GET", "/cases" }, { "GET", $"/cases/{NoId}" }, { "GET", $"/cases/{NoId}/preview" },
        { "POST", $"/cases/{NoId}/actions/assign" }, { "POST", $"/cases/{NoId}/actions/retry" },
        { "POST", $"/cases/{NoId}/actions/cancel-and-compensate" }, { "POST", $"/cases/{NoId}/actions/resolve" },
        { "POST", $"/cases/{NoId}/actions/accept" }, { "GET", "/accepted-differences" }, { "POST", $"/accepted-differences/{NoId}/revoke" },
        { "GET", "/settlements/2026-01-30" }, { "POST", "/settlements/2026-01-30/void" },
    };

    [Theory, MemberData(nameof(Calls))]
    public async Task Only_operators_can_call_the_reconciler(string method, string path)
    {
        using var stranger = new HttpClient { BaseAddress = quiet.Shop.Http.BaseAddress };
        await Send(stranger, method, path).ShouldBeProblem(401, "unauthorized");
        using var merchant = quiet.Shop.Caller(quiet.Shop.Http.BaseAddress!.ToString(), Roles.Orders, Roles.Stock, Roles.Catalogue);
        await Eventually.Holds("the new key is accepted", async () => (await merchant.GetAsync("/products")).IsSuccessStatusCode);
        await Send(merchant, method, path).ShouldBeProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("""{"kind":"weekly"}""", "invalid-run")]
    [InlineData("""{"kind":"order"}""", "invalid-run")]
    [InlineData("""{"orderId":"0199f0a0-7c1e-7000-8000-000000000000"}""", "invalid-run")]
    [InlineData("""{"date":"30.1.2026"}""", "invalid-run")]
    [InlineData("""{"date":"2999-01-01"}""", "invalid-run")]
    [InlineData("""{"dryrun":true}""", "unknown-member")]
    [InlineData("""{"dryRun":"yes"}""", "wrong-type")]
    [InlineData("""{"kind":""", "invalid-json")]
    public async Task An_impossible_run_is_refused(string body, string problem)
    {
        await quiet.Shop.Http.PostAsync("/reconciliation/runs", new StringContent(body, Encoding.UTF8, "application/json")).ShouldBeProblem(400, problem);
        (await quiet.Shop.Http.Json("/reconciliation/runs"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/reconciliation/runs/17", 400, "invalid-id")]
    [InlineData("/reconciliation/runs/" + NoId, 404, "run-not-found")]
    [InlineData("/reconciliation/runs/" + NoId + "/findings", 404, "run-not-found")]
    [InlineData("/reconciliation/runs/" + NoId + "/report", 404, "run-not-found")]
    [InlineData("/reconciliation/runs/" + NoId + "/report?format=pdf", 400, "invalid-parameter")]
    [InlineData("/reconciliation/runs?limit=0", 400, "invalid-parameter")]
    [InlineData("/reconciliation/runs?page=2", 400, "unknown-parameter")]
    [InlineData("/reconciliation/runs?cursor=!!", 400, "invalid-cursor")]
    [InlineData("/cases?status=open", 400, "invalid-parameter")]
    [InlineData("/cases?cursor=abc", 400, "invalid-cursor")]
    [InlineData("/cases/" + NoId, 404, "case-not-found")]
    [InlineData("/cases/1/preview", 400, "invalid-id")]
    [InlineData("/settlements/2026-01-30", 404, "settlement-not-found")]
    [InlineData("/settlements/30.01.2026", 400, "settlement-date")]
    [InlineData("/accepted-differences?status=all", 400, "unknown-parameter")]
    public async Task An_invalid_request_gets_a_problem(string path, int status, string problem) =>
        await quiet.Shop.Http.GetAsync(path).ShouldBeProblem(status, problem);

    [Theory]
    [InlineData("assign", """{"assignee":"kim"}""", 400, "invalid-reason")]
    [InlineData("assign", """{"reason":"she knows it"}""", 400, "invalid-assignee")]
    [InlineData("resolve", "{}", 400, "invalid-reason")]
    [InlineData("resolve", """{"reason":"   "}""", 400, "invalid-reason")]
    [InlineData("resolve", """{"reason":"done"}""", 404, "case-not-found")]
    [InlineData("accept", "{}", 400, "invalid-reason")]
    [InlineData("accept", """{"reason":"goodwill"}""", 404, "case-not-found")]
    [InlineData("retry", """{"reason":"again"}""", 404, "case-not-found")]
    [InlineData("cancel-and-compensate", """{"reason":"agreed"}""", 404, "case-not-found")]
    public async Task An_action_needs_a_reason_and_a_matching_case(string action, string body, int status, string problem) =>
        await quiet.Shop.Http.PostAsync($"/cases/{NoId}/actions/{action}", new StringContent(body, Encoding.UTF8, "application/json"))
            .ShouldBeProblem(status, problem);

    [Theory]
    [InlineData("/settlements", "text/csv", 400, "settlement-date")]
    [InlineData("/settlements?date=2026-02-30", "text/csv", 400, "settlement-date")]
    [InlineData("/settlements?date=2026-01-30", "application/json", 415, "media-type")]
    [InlineData("/settlements?date=2999-01-01", "text/csv", 422, "settlement-refused")]
    [InlineData("/settlements?date=2026-01-30", "text/csv", 422, "settlement-refused")]
    public async Task An_invalid_settlement_upload_is_refused(string path, string type, int status, string problem)
    {
        using var body = new StringContent("not,a,settlement");
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        await quiet.Shop.Http.PostAsync(path, body).ShouldBeProblem(status, problem);
        (await quiet.Shop.Db(db => Task.FromResult(db.SettlementFiles.Count()))).ShouldBe(0);
    }

    [Fact]
    public async Task OpenAPI_describes_every_call_of_the_reconciler()
    {
        var paths = (await quiet.Shop.Http.Json("/openapi/v1.json"))["paths"]!.AsObject();
        foreach (var (path, calls) in paths.Where(path => path.Key.StartsWith("/reconciliation", StringComparison.Ordinal)
            || path.Key.StartsWith("/cases", StringComparison.Ordinal) || path.Key.StartsWith("/settlements", StringComparison.Ordinal)
            || path.Key.StartsWith("/accepted-differences", StringComparison.Ordinal)))
        {
            foreach (var (method, call) in calls!.AsObject())
            {
                ((string)call!["summary"]!).ShouldNotBeNullOrWhiteSpace($"{method} {path}");
                ((string)call["description"]!).ShouldContain("operator");
                call["responses"]!["401"].ShouldNotBeNull();
                var success = call["responses"]!.AsObject().First(response => response.Key[0] == '2').Value!;
                success["content"]!.AsObject().First().Value!["example"].ShouldNotBeNull($"{method} {path}");
            }
        }

        paths.Count(path => path.Key.StartsWith("/cases", StringComparison.Ordinal)).ShouldBe(9);
    }

    static Task<HttpResponseMessage> Send(HttpClient http, string method, string path) =>
        http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? Body(path) : null });

    static HttpContent Body(string path) => path.StartsWith("/settlements?", StringComparison.Ordinal)
        ? new StringContent("", Encoding.UTF8, "text/csv") : JsonContent.Create(new { reason = "why" });
}
