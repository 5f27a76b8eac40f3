using System.Net;

namespace EndToEnd.Tests;

/// <summary>The stand-in gateway is there only while payments go to it.</summary>
public sealed class SandboxTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("http://127.0.0.1:9/sandbox", false)]
    [InlineData("https://gateway.example", false)]
    public async Task The_sandbox_is_served_only_as_the_gateway(string? gateway, bool served)
    {
        await using var host = await WholeHost.Start(gateway is null ? [] : [$"--Gateway:Url={gateway}"]);
        using var answer = await host.Http.GetAsync("/sandbox/pay/none");
        (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
            .ShouldBe((HttpStatusCode.NotFound, served ? "text/html" : "application/problem+json"));
    }
}
