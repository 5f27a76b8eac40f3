using System.Net.Sockets;
using System.Text;

namespace Orders.Api.Tests;

/// <summary>An HTTP client with a key, or without one.</summary>
public sealed class Caller(ApiHost host, string merchant, string? key)
{
    public const string Order = """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":2}],"payment":{"method":"card","token":"tok_ok"}}""";
    public const string Hosted = """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"hosted"}}""";

    readonly HttpClient http = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = host.Root };

    public string Merchant => merchant;

    public string? Key => key;

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    public Task<Answer> Post(string path, string? body, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, body, headers);

    public Task<Answer> Put(string path, string body) => Send(HttpMethod.Put, path, body);

    public Task<Answer> Place(string idempotencyKey, string body = Order, params (string Name, string Value)[] headers) =>
        Post("/orders", body, [("Idempotency-Key", idempotencyKey), .. headers]);

    /// <summary>The id of a placed order.</summary>
    public async Task<Guid> Placed(string body = Order) => (await Place(NewKey(), body)).ShouldBe(202).Json["id"]!.GetValue<Guid>();

    public async Task Price(string sku, long unitPrice, string currency = "EUR") =>
        (await Put($"/products/{sku}", $$"""{"name":"{{sku}}","unitPrice":{{unitPrice}},"currency":"{{currency}}"}""")).Status.ShouldBeOneOf(200, 201);

    public static string NewKey() => Guid.CreateVersion7().ToString();

    public async Task<Answer> Send(
        HttpMethod method, string path, string? content, (string Name, string Value)[]? headers = null, string? contentType = "application/json")
    {
        using var request = Request(method, path, headers ?? []);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        return new Answer((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.ToString(), body)
        {
            Allow = [.. response.Content.Headers.Allow],
        };
    }

    /// <summary>The lines of a stream as they arrive.</summary>
    public async Task<StreamReader> Open(string path, params (string Name, string Value)[] headers)
    {
        var response = await http.SendAsync(Request(HttpMethod.Get, path, headers), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Places an order with raw bytes that no client library sends; returns the status of the response.</summary>
    public async Task<string> PlaceRaw(string headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Root.Host, host.Root.Port);
        var request = $"POST /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Order.Length}\r\n{headers}\r\n\r\n{Order}";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request));
        return await new StreamReader(client.GetStream()).ReadToEndAsync();
    }

    HttpRequestMessage Request(HttpMethod method, string path, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Add("Authorization", "Bearer " + key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}

public sealed record Answer(int Status, System.Net.Http.Headers.HttpResponseHeaders Headers, string? ContentType, byte[] Body)
{
    public IReadOnlyList<string> Allow { get; init; } = [];

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    public Answer ShouldBe(int status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>Every refusal is a complete problem with advice.</summary>
    public Answer ShouldBeProblem(int status, string name, string? pointer = null)
    {
        ShouldBe(status);
        ContentType.ShouldBe("application/problem+json");
        Json["type"]!.GetValue<string>().ShouldBe("https://ordersaga.dev/problems/" + name, Text);
        Json["status"]!.GetValue<int>().ShouldBe(status);
        foreach (var member in (string[])["title", "detail", "instance", "traceId"])
            Json[member]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace(member);
        if (pointer is not null)
            Json["errors"]!.AsArray().Select(error => error!["pointer"]!.GetValue<string>()).ShouldContain(pointer, Text);
        return this;
    }
}
