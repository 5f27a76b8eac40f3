using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Reconciler.Job.Tests;

/// <summary>The calls of operators.</summary>
static class Calls
{
    /// <summary>Starts a run and waits for its end.</summary>
    public static async Task<JsonNode> Reconcile(this HttpClient http, object? ask = null, int seconds = 60)
    {
        var begun = await http.PostJson("/reconciliation/runs", ask ?? new { dryRun = false });
        ((int)begun.Status).ShouldBe(202, begun.Body.ToJsonString());
        return await http.RunEnds((string)begun.Body["id"]!, seconds);
    }

    public static Task<JsonNode> RunEnds(this HttpClient http, string id, int seconds = 60) => Eventually.Becomes(
        $"run {id} has ended", () => http.Json($"/reconciliation/runs/{id}"), run => run["finishedAt"] is not null, TimeSpan.FromSeconds(seconds));

    public static async Task<JsonNode> Json(this HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        return JsonNode.Parse(text)!;
    }

    public static async Task<(System.Net.HttpStatusCode Status, JsonNode Body)> PostJson(this HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Class and outcome of each finding of a run.</summary>
    public static async Task<List<string>> Findings(this HttpClient http, JsonNode run) =>
        [.. (await http.Json($"/reconciliation/runs/{run["id"]}/findings?limit=100"))["items"]!.AsArray()
            .Select(item => $"{item!["class"]} {item["outcome"]}").Order(StringComparer.Ordinal)];

    public static async Task<JsonArray> Cases(this HttpClient http, string status = "Open") => (await http.Json($"/cases?status={status}"))["items"]!.AsArray();

    public static async Task ShouldBeProblem(this Task<HttpResponseMessage> call, int status, string name)
    {
        using var answer = await call;
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", text);
        var body = JsonNode.Parse(text)!;
        ((string)body["type"]!).ShouldBe("https://ordersaga.dev/problems/" + name, text);
        ((string)body["detail"]!).Length.ShouldBeGreaterThan(20, text);
    }
}
