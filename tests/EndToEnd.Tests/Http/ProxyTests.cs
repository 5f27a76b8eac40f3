using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>Behind a proxy that removes a path prefix and offers https to callers.</summary>
public sealed class ProxyTests
{
    /// <summary>A browser reads what follows two slashes as a host.</summary>
    [Fact]
    public async Task A_prefix_that_leads_elsewhere_is_ignored()
    {
        await using var host = await WholeHost.Start("--Http:TrustedProxies:0=127.0.0.1");
        var used = new Dictionary<string, string>
        {
            ["/shop/"] = "/shop", ["/a/b"] = "/a/b", ["//evil.example"] = "", ["/../x"] = "", ["/x/./y"] = "", ["/a//b"] = "",
        };
        foreach (var (given, prefix) in used)
        {
            var path = $"/products/sku-{used.Keys.ToList().IndexOf(given)}";
            using var request = new HttpRequestMessage(HttpMethod.Put, path)
            {
                Content = new StringContent("""{"name":"Tea","unitPrice":1250,"currency":"EUR"}""", new MediaTypeHeaderValue("application/json")),
                Headers = { { "X-Forwarded-Prefix", given } },
            };
            using var answer = await host.Http.SendAsync(request);
            answer.Headers.Location?.OriginalString.ShouldBe(prefix + path, given);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData(null, false)]
    public async Task A_trusted_proxy_passes_on_the_client_address(string? trusted, bool believed)
    {
        await using var host = await WholeHost.Start(trusted is null ? [] : [$"--Http:TrustedProxies:0={trusted}"]);
        foreach (var (name, value) in new[] { ("Prefix", "/shop"), ("Proto", "https"), ("Host", "api.example.com"), ("For", "192.0.2.7") })
            host.Http.DefaultRequestHeaders.Add("X-Forwarded-" + name, value);
        var prefix = believed ? "/shop" : "";

        (await Location(HttpMethod.Put, "/products/tea-001", """{"name":"Tea","unitPrice":1250,"currency":"EUR"}""")).ShouldBe(prefix + "/products/tea-001");
        (await Location(HttpMethod.Post, "/stock/tea-001/receipts", """{"receiptId":"r","quantity":1}""")).ShouldBe(prefix + "/stock/tea-001");
        var order = await Location(HttpMethod.Post, "/orders",
            """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}}""");
        order.ShouldStartWith(prefix + "/orders/");
        (await Location(HttpMethod.Post, "/reconciliation/runs", "{}")).ShouldStartWith(prefix + "/reconciliation/runs/");
        (await Location(HttpMethod.Post, "/sandbox/pay/none/pay", "{}")).ShouldBe(prefix + "/sandbox/pay/none");

        var document = JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json"))!;
        ((string)document["servers"]!.AsArray().Single()!["url"]!).ShouldBe("..", "relative, so that it is right behind any prefix");

        async Task<string> Location(HttpMethod method, string path, string body)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Http.BaseAddress };
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
            foreach (var header in host.Http.DefaultRequestHeaders)
                request.Headers.Add(header.Key, header.Value);
            request.Headers.Add("Idempotency-Key", "k");
            using var answer = await http.SendAsync(request);
            return answer.Headers.Location?.OriginalString ?? $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }
    }
}
