using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using OrderSaga.Platform.Http;

namespace EndToEnd.Tests;

/// <summary>Every call of the OpenAPI document, as every kind of caller. A call without roles in the document fails.</summary>
public sealed class RoleMatrixTests : IAsyncLifetime
{
    const string Expired = "os_expired";

    /// <summary>They need no key: the gateway signs its webhooks.</summary>
    static readonly string[] NoKey = ["POST /webhooks/gateway", "POST /webhooks/gateway/{gateway}"];

    /// <summary>Not in the document: the stand-in gateway has a key of its own, and probes need none.</summary>
    static readonly string[] Undescribed = ["/sandbox/", "/health/", "/openapi/"];

    readonly HttpClient http = new();
    WholeHost host = null!;
    List<Call> calls = null!;

    public async ValueTask InitializeAsync()
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Expired)));
        host = await WholeHost.Start(["--ApiKeys:Keys:expired:Merchant=demo", "--ApiKeys:Keys:expired:ExpiresAt=2026-01-01T00:00:00Z",
            "--ApiKeys:Keys:expired:Sha256=" + hash, .. Roles.All.Select((role, at) => $"--ApiKeys:Keys:expired:Roles:{at}={role}")]);
        calls = Calls(JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json"))!);
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return host.DisposeAsync();
    }

    [Fact]
    public void Every_endpoint_is_in_the_document_with_its_roles()
    {
        calls.Count.ShouldBeGreaterThan(40);
        calls.Where(call => call.Roles.Count == 0).Select(call => call.Name).ShouldBe(NoKey);
        calls.SelectMany(call => call.Roles).Distinct().ShouldBe(Roles.All, ignoreOrder: true);
        var mapped = host.Endpoints.Select(endpoint => (
            Method: endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0],
            Path: "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":guid", "", StringComparison.Ordinal)));
        mapped.Where(one => !Undescribed.Any(prefix => one.Path.StartsWith(prefix, StringComparison.Ordinal))).Select(one => $"{one.Method} {one.Path}")
            .ShouldBe(calls.Select(call => call.Name), ignoreOrder: true);
    }

    [Fact]
    public async Task Every_call_is_open_to_its_roles_alone()
    {
        var revoked = await Revoked();
        List<(string Name, string? Key)> callers = [.. Roles.All.Select(role => (role, Key("only-" + role, "demo", role)))];
        await Eventually.Holds("the keys are read", async () => await Status(calls[0], callers[^1].Key) != 401);
        callers.AddRange([("no key", null), ("unknown key", "os_unknown"), ("expired key", Expired), ("revoked key", revoked)]);
        List<string> wrong = [];
        foreach (var call in calls)
            foreach (var (name, key) in callers)
            {
                var expected = NoKey.Contains(call.Name) || call.Roles.Contains(name) ? 200 : Roles.All.Contains(name) ? 403 : 401;
                var status = await Status(call, key);
                // What is no refusal of the caller says something about the request, which has invented ids.
                if (status >= 500 || (expected == 200 ? !NoKey.Contains(call.Name) && status is 401 or 403 : status != expected))
                    wrong.Add($"{call.Name} as {name}: {status} in place of {expected}");
            }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_merchant_finds_nothing_of_another_merchant()
    {
        var (order, endpoint, delivery) = await Owned();
        string[] ids = [order, endpoint, delivery];
        var (owner, foreigner) = (Key("owner", "demo", Roles.Orders), Key("foreigner", "other", Roles.Orders));
        await Eventually.Holds("the keys are read", async () => await Status(calls.Single(call => call.Name == "GET /orders"), foreigner) == 200);
        // Products are the shop's, and all merchants see them. A removed endpoint is found by no merchant.
        var own = calls.Where(call => call.Roles.Contains(Roles.Orders) && !call.Path.Contains("{sku}", StringComparison.Ordinal))
            .OrderBy(call => call.Method == "DELETE").ToList();
        own.Count(call => call.Path.Contains('{', StringComparison.Ordinal)).ShouldBeGreaterThan(8);
        foreach (var call in own)
        {
            using var answer = await Send(call, foreigner, Id);
            if (call.Path.Contains('{', StringComparison.Ordinal))
                ((int)answer.StatusCode).ShouldBe(404, call.Name);
            else
                ids.Where((await answer.Content.ReadAsStringAsync()).Contains).ShouldBeEmpty(call.Name);
            if (call.Path.Contains('{', StringComparison.Ordinal))
                (await Status(call, owner, Id)).ShouldNotBe(404, $"{call.Name}: it is there for its owner");
        }

        string Id(Call call, string parameter) =>
            parameter == "deliveryId" ? delivery : call.Path.StartsWith("/orders", StringComparison.Ordinal) ? order : endpoint;
    }

    /// <summary>It worked before.</summary>
    async Task<string> Revoked()
    {
        var key = Key("revoked", "demo", [.. Roles.All]);
        var orders = calls.Single(call => call.Name == "GET /orders");
        await Eventually.Holds("the key works", async () => await Status(orders, key) == 200);
        ApiKeys.Revoke(host.Directory, "revoked");
        await Eventually.Holds("the key is refused", async () => await Status(orders, key) == 401);
        return key;
    }

    async Task<(string Order, string Endpoint, string Delivery)> Owned()
    {
        var endpoint = await Post("/webhook-endpoints", """{"url":"https://shop.example/hooks"}""");
        await host.Http.PutAsync("/products/tea-001", Json("""{"name":"Tea","unitPrice":1250,"currency":"EUR"}"""));
        await Post("/stock/tea-001/receipts", """{"receiptId":"r","quantity":100}""");
        var order = await Post("/orders", """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}}""");
        var deliveries = $"/webhook-endpoints/{endpoint["id"]}/deliveries";
        var sent = await Eventually.Becomes("there is a delivery", async () => JsonNode.Parse(await host.Http.GetStringAsync(deliveries))!["items"]!.AsArray(),
            items => items.Count > 0);
        return ((string)order["id"]!, (string)endpoint["id"]!, (string)sent[0]!["id"]!);

        async Task<JsonNode> Post(string path, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body) };
            request.Headers.Add("Idempotency-Key", "k");
            var answer = await host.Send(request);
            answer.Status.ShouldBeInRange(200, 299, answer.Text);
            return JsonNode.Parse(answer.Text)!;
        }
    }

    string Key(string name, string merchant, params string[] roles) => ApiKeys.Create(host.Directory, name, merchant, roles);

    async Task<int> Status(Call call, string? key, Func<Call, string, string>? id = null)
    {
        using var answer = await Send(call, key, id ?? ((_, parameter) => parameter switch
        {
            "sku" => "tea-001",
            "date" => "2026-01-30",
            _ => "019c13f2-6c00-7a51-8f3e-2b7d64c1a901",
        }));
        return (int)answer.StatusCode;
    }

    /// <summary>Only the headers are read: one call answers with a stream.</summary>
    async Task<HttpResponseMessage> Send(Call call, string? key, Func<Call, string, string> id)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(host.Http.BaseAddress!, call.At(id)));
        if (key is not null)
            request.Headers.Add("X-Api-Key", key);
        foreach (var (name, value) in call.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (call.MediaType is { } type)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(call.Body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    static List<Call> Calls(JsonNode document) =>
    [
        .. from path in document["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           where operation.Value is JsonObject && operation.Key is not "parameters"
           let content = operation.Value!["requestBody"]?["content"]?.AsObject().First()
           let roles = operation.Value!["security"]?.AsArray().SelectMany(one => one!.AsObject().SelectMany(scheme => scheme.Value!.AsArray())) ?? []
           let headers = operation.Value!["parameters"]?.AsArray().Where(one => (string)one!["in"]! == "header" && (bool?)one["required"] == true) ?? []
           select new Call(
               operation.Key.ToUpperInvariant(), path.Key, [.. roles.Select(role => (string)role!).Distinct()],
               [.. headers.Select(one => ((string)one!["name"]!, (string)one["example"]!))], content?.Key, content?.Value?["example"]?.ToJsonString() ?? "{}"),
    ];

    /// <summary>A call as the document describes it.</summary>
    sealed record Call(string Method, string Path, List<string> Roles, List<(string Name, string Value)> Headers, string? MediaType, string Body)
    {
        public string Name => $"{Method} {Path}";

        public string At(Func<Call, string, string> id) =>
            string.Join('/', Path.Split('/').Select(part => part is ['{', .. var name, '}'] ? id(this, name) : part));
    }
}
