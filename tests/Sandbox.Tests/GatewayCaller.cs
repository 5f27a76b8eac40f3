using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderSaga.Sandbox.Tests;

/// <summary>Calls the gateway in raw JSON with a key.</summary>
public sealed class GatewayCaller : IDisposable
{
    readonly HttpClient http;

    public GatewayCaller(Uri root, string? key)
    {
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(root, "/sandbox/") };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<GatewayReply> Post(
        string path, string? key, string? body = null, TimeSpan? waitLimit = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(waitLimit ?? TimeSpan.FromSeconds(60));
        using var answer = await http.SendAsync(request, end.Token);
        return await GatewayReply.Of(answer);
    }

    public async Task<GatewayReply> Get(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), TestContext.Current.CancellationToken);
        return await GatewayReply.Of(answer);
    }

    public Task<GatewayReply> Authorize(
        string token = "tok_ok", string? key = null, string? reference = null, long amount = 1250, string currency = "EUR", TimeSpan? waitLimit = null) =>
        Post("v1/authorizations", key ?? Some.Key(), Body(token, reference ?? Some.Reference(), amount, currency), waitLimit);

    public Task<GatewayReply> AuthorizeHosted(
        string? expiresAt = null, string? reference = null, string? key = null, long amount = 1250, string currency = "EUR")
    {
        var body = new { reference = reference ?? Some.Reference(), amount, currency, hosted = true, expiresAt = expiresAt ?? Some.InAnHour() };
        return Post("v1/authorizations", key ?? Some.Key(), JsonSerializer.Serialize(body));
    }

    public Task<GatewayReply> Capture(string id, string? key = null) => Post($"v1/authorizations/{id}/capture", key ?? Some.Key());

    public Task<GatewayReply> Void(string id, string? key = null) => Post($"v1/authorizations/{id}/void", key ?? Some.Key());

    public Task<GatewayReply> Refund(string id, string? key = null) => Post($"v1/captures/{id}/refund", key ?? Some.Key());

    /// <summary>The ledger as <c>operation:status</c>, in order.</summary>
    public async Task<string[]> Ledger(string query) =>
        [.. (await Get($"v1/operations?{query}")).Json["items"]!.AsArray().Select(x => $"{x!["operation"]}:{x["status"]}")];

    public static string Body(string token, string reference, long amount = 1250, string currency = "EUR") =>
        JsonSerializer.Serialize(new { reference, amount, currency, token });

    public void Dispose() => http.Dispose();
}

public sealed record GatewayReply(HttpStatusCode Status, string Body, HttpResponseHeaders Headers, string? ContentType)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Id => (string)Json["id"]!;

    public bool Replayed => Headers.Contains("Idempotency-Replayed");

    public static async Task<GatewayReply> Of(HttpResponseMessage answer) =>
        new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers, answer.Content.Headers.ContentType?.ToString());

    public string? Field(string name) => Json[name]?.ToString();

    public GatewayReply ShouldBe(HttpStatusCode status, string? operationStatus = null)
    {
        Status.ShouldBe(status, Body);
        if (operationStatus is not null)
            Field("status").ShouldBe(operationStatus);
        return this;
    }

    /// <summary>Asserts an RFC 9457 problem with advice.</summary>
    public void ShouldBeProblem(HttpStatusCode status, string name)
    {
        Status.ShouldBe(status, Body);
        ContentType.ShouldNotBeNull().ShouldStartWith("application/problem+json");
        Field("type").ShouldBe($"https://ordersaga.dev/problems/{name}");
        Field("detail").ShouldNotBeNullOrWhiteSpace();
    }
}
