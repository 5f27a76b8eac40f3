using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Host;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace EndToEnd.Tests;

/// <summary>All services in this process, with every endpoint that they map. No ServiceHost: the embedded host makes its own builder.</summary>
public sealed class WholeHost : IAsyncLifetime
{
    readonly DirectoryInfo data = System.IO.Directory.CreateTempSubdirectory("whole-host-");
    WebApplication app = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>The data directory, with the key file.</summary>
    public string Directory => data.FullName;

    public IEnumerable<RouteEndpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public ValueTask InitializeAsync() => Run([]);

    public static async Task<WholeHost> Start(params string[] settings)
    {
        var host = new WholeHost();
        await host.Run(settings);
        return host;
    }

    async ValueTask Run(string[] settings)
    {
        app = AllServices.Build(EmbeddedHost.Create(
            ["--urls=http://127.0.0.1:0", $"--Data={data.FullName}", "--Serilog:MinimumLevel:Default=Error", "--Reconciliation:WindowSeconds=0", .. settings],
            welcome: false));
        var key = ApiKeys.Create(data.FullName, "all-roles", "demo", [.. Roles.All]);
        app.UseServiceDefaults();
        await app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Http.DefaultRequestHeaders.Add("X-Api-Key", key);
    }

    /// <summary>A request that the endpoint accepts as far as path and media type go.</summary>
    public static HttpRequestMessage Request(RouteEndpoint endpoint, string query = "", string parameter = "", Func<string, string?>? value = null)
    {
        var method = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];
        var path = string.Concat(endpoint.RoutePattern.PathSegments.Select(segment => "/" + string.Concat(segment.Parts.Select(part => Text(part, value)))));
        var request = new HttpRequestMessage(new HttpMethod(method), path + query);
        if (method is "GET")
            return request;
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}"));
        var type = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json";
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type + parameter);
        return request;
    }

    public async Task<(int Status, string Problem, string Text)> Send(HttpRequestMessage request)
    {
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var problem = answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? JsonNode.Parse(text)!["type"]!.GetValue<string>().Split('/')[^1] : "";
        return ((int)answer.StatusCode, problem, text);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        data.Delete(true);
    }

    static string Text(Microsoft.AspNetCore.Routing.Patterns.RoutePatternPart part, Func<string, string?>? value) => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => value?.Invoke(parameter.Name) ?? parameter.Name switch
        {
            "sku" => "tea-001",
            "name" => "flow",
            "date" => "2026-01-30",
            _ => "019c13f2-6c00-7a51-8f3e-2b7d64c1a901",
        },
        _ => throw new InvalidOperationException($"{part} is not known here."),
    };
}
