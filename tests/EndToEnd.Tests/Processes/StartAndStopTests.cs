using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>A process that cannot start prints one message with the reason; SIGTERM stops a process within seconds.</summary>
public sealed partial class StartAndStopTests : IDisposable
{
    const string Host = "OrderSaga.Host";
    const string Order = """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}}""";

    readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("start-stop-");
    readonly int[] ports = [.. Ports.Free(3)];

    public void Dispose() => directory.Delete(true);

    [Fact]
    public async Task A_second_process_on_the_same_data_exits_at_once()
    {
        await using var first = Process("first", ports[0]);
        first.Start();
        await first.Ready();

        await using var onData = Process("data", ports[1]);
        await Refused(onData, "is in use by another process; stop it, or choose another directory");
        await using var onPort = Process("port", ports[0], "other");
        await Refused(onPort, $"The address http://127.0.0.1:{ports[0]} is in use by another process");
        Directory.GetFiles(Path.Combine(directory.FullName, "other"), "*.db").ShouldBeEmpty("no work has begun");

        await first.Kill();
        await using var next = Process("next", ports[0]);
        next.Start();
        await next.Ready();
        (await next.Stop()).ShouldBe(0);
    }

    [Fact]
    public async Task Ready_means_that_a_demo_product_can_be_ordered()
    {
        await using var process = Process("demo", ports[0]);
        process.Start(("Demo", "true"));
        await process.Ready();
        using var http = Client(process, await File.ReadAllTextAsync(Path.Combine(directory.FullName, "data", "api-key")));
        using var answer = await Place(http, "first", wait: 0);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(Host, "Limits:BatchSize", "abc", "Failed to convert configuration value 'abc' at 'Limits:BatchSize'")]
    [InlineData(Host, "Reconciliation:TimeZone", "Nowhere", "Reconciliation:TimeZone must be a time zone of this machine")]
    [InlineData(Host, "Http:TrustedProxies:0", "everybody", "Http:TrustedProxies 'everybody' is invalid")]
    [InlineData(Host, "Http:RequireHttps", "true", "Http:RequireHttps needs https: set Http:TrustedProxies")]
    [InlineData(Host, "Data", "/proc/none", "The data directory /proc/none cannot be created")]
    [InlineData(Host, "Database:Mode", "1", "Database:Mode '1' is unknown")]
    [InlineData("Orders.Api", "Orders:MaxOrdersInProgressByLane:gray", "5", "Orders:MaxOrdersInProgressByLane:gray is invalid: use a lane (main,")]
    [InlineData("Orders.Api", "Orders:MaxOrdersInProgressByLane:grey", "few", "Orders:MaxOrdersInProgressByLane is invalid")]
    [InlineData("Storefront", "Storefront:OrdersUrl", "orders", "Storefront:OrdersUrl must be an absolute http or https URL")]
    [InlineData("Orders.Api", "Orders:MaxOrdersInProgress", "1", "Orders:MaxOrdersInProgress must be at least PlacementBatchSize")]
    [InlineData("Orders.Api", "Orders:TimeToPay:Classes:flash", "20s", "Failed to convert configuration value")]
    [InlineData("Reconciler.Job", "Reconciliation:NightlySchedule", "0 0 0 30 2 ?", "Reconciliation:NightlySchedule must be a Quartz cron expression")]
    [InlineData("Orders.Sagas", "Database:Mode", "PostgreSql", "Set ConnectionStrings:orders")]
    [InlineData("Inventory.Worker", "Transport:Mode", "Kafka", "Transport:Mode 'Kafka' is unknown")]
    [InlineData("Inventory.Worker", "ApiKeys:Keys:x:Merchant", "Upper", "the key 'x' is refused. Merchant must be 1 to 64 of a-z")]
    [InlineData("Payments.Worker", "Payments:WebhookToleranceSeconds", "x", "Failed to convert configuration value 'x'")]
    [InlineData("Payments.Sandbox", "Sandbox:FeeBasisPoints", "-1", "Sandbox:FeeBasisPoints must be 0 to 10000")]
    [InlineData("Reconciler.Job", "Limits:ShutdownTimeoutSeconds", "0", "Limits:ShutdownTimeoutSeconds must be 1 to 60")]
    public async Task An_invalid_setting_stops_startup_with_one_message(string service, string name, string value, string sentence)
    {
        await using var process = Process("wrong", ports[0], "data", service);
        await Refused(process, sentence, (name, value));
    }

    [Fact]
    public async Task Shutdown_answers_waiting_callers_within_seconds()
    {
        await using var process = Process("stops", ports[0]);
        process.Start(("Logs:Json", "true"));
        await process.Ready();
        using var operators = Client(process, await File.ReadAllTextAsync(Path.Combine(directory.FullName, "data", "operator-key")));
        (await operators.PutAsync("products/tea-001", Json("""{"name":"Tea","unitPrice":1250,"currency":"EUR"}"""))).EnsureSuccessStatusCode();
        using var http = Client(process, await File.ReadAllTextAsync(Path.Combine(directory.FullName, "data", "api-key")));
        var id = JsonNode.Parse(await (await Place(http, "one", wait: 0)).Content.ReadAsStringAsync())!["id"]!.GetValue<string>();

        using var stream = new StreamReader(await http.GetStreamAsync($"orders/{id}/events"));
        (await stream.ReadLineAsync()).ShouldBe("retry: 2000");
        var waits = Place(http, "two", wait: 30);
        using var half = await Raw(http, "Content-Length: 100\r\n\r\n{\"currency\":");
        using var expects = await Raw(http, "Content-Length: 100\r\nExpect: 100-continue\r\n\r\n");
        await Eventually.Holds("the second is placed", async () => JsonNode.Parse(await http.GetStringAsync("orders"))!["items"]!.AsArray().Count == 2);

        var watch = Stopwatch.StartNew();
        (await process.Stop()).ShouldBe(0);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8), "on a busy machine; 3 to 4 seconds on an idle one");
        using var answer = await waits;
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await stream.ReadToEndAsync()).ShouldNotContain("problem");

        var log = process.LogTail(1000);
        log.ShouldNotContain("\"Level\":\"Error\"");
        log.ShouldNotContain("answered 500");
        foreach (var line in log.Split('\n').Where(line => line.StartsWith('{')))
            Timestamp().IsMatch(line).ShouldBeTrue(line);
    }

    [Fact]
    public async Task A_webhook_without_an_answer_does_not_fail_the_stop()
    {
        using var silent = new TcpListener(IPAddress.Loopback, ports[1]);
        silent.Start();
        await using var process = Process("silent", ports[0]);
        process.Start(("Demo", "true"), ("Logs:Json", "true"), ("Webhooks:AllowHttp", "true"), ("Webhooks:PrivateHosts:0", "127.0.0.1"));
        await process.Ready();
        using var http = Client(process, await File.ReadAllTextAsync(Path.Combine(directory.FullName, "data", "api-key")));
        (await http.PostAsync("webhook-endpoints", Json($$"""{"url":"http://127.0.0.1:{{ports[1]}}/"}"""))).EnsureSuccessStatusCode();
        (await Place(http, "one", wait: 0)).EnsureSuccessStatusCode();
        using var attempt = await silent.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(20));

        (await process.Stop()).ShouldBe(0);
        process.LogTail(1000).ShouldNotContain("\"Level\":\"Error\"");
    }

    /// <summary>The settings that the runtime reads at startup: one heap, not one per processor.</summary>
    [Theory]
    [InlineData(Host)]
    [InlineData("Orders.Api")]
    [InlineData("Orders.Sagas")]
    [InlineData("Inventory.Worker")]
    [InlineData("Payments.Worker")]
    [InlineData("Payments.Sandbox")]
    [InlineData("Reconciler.Job")]
    public void A_service_collects_garbage_as_a_workstation_does(string service)
    {
        var runtime = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(Process("", ports[0], service: service).Assembly, ".runtimeconfig.json")))!;
        ((bool?)runtime["runtimeOptions"]!["configProperties"]!["System.GC.Server"] ?? false).ShouldBeFalse();
    }

    /// <summary>No stack trace, no core dump, and within seconds.</summary>
    static async Task Refused(ServiceProcess process, string sentence, params (string, string)[] settings)
    {
        process.Start(settings);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        (await process.Ended(limit.Token)).ShouldBe(2, process.LogTail(20));
        process.LogTail(100).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains(" INF ", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldContain(sentence);
    }

    ServiceProcess Process(string name, int port, string data = "data", string service = Host) => new(
        service, new Uri($"http://127.0.0.1:{port}/"),
        new Dictionary<string, string?>
        {
            ["Data"] = Path.Combine(directory.FullName, data),
            ["Demo"] = "false",
            ["Gateway:Url"] = "http://127.0.0.1:9",
            ["Gateway:Key"] = new string('k', 32),
            ["Gateway:WebhookSecret"] = "whsec_" + Convert.ToBase64String(new byte[32]),
        },
        Path.Combine(directory.FullName, name + ".log"));

    static HttpClient Client(ServiceProcess process, string key)
    {
        var http = new HttpClient { BaseAddress = process.Url };
        http.DefaultRequestHeaders.Add("X-Api-Key", key.Trim());
        return http;
    }

    static async Task<HttpResponseMessage> Place(HttpClient http, string key, int wait)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = Json(Order) };
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("Prefer", $"wait={wait}");
        return await http.SendAsync(request);
    }

    /// <summary>A placement whose body never arrives.</summary>
    static async Task<TcpClient> Raw(HttpClient http, string rest)
    {
        var client = new TcpClient();
        await client.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        var key = http.DefaultRequestHeaders.GetValues("X-Api-Key").Single();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /orders HTTP/1.1\r\nHost: x\r\nX-Api-Key: {key}\r\nIdempotency-Key: half\r\nContent-Type: application/json\r\n{rest}"));
        return client;
    }

    static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    [GeneratedRegex(@"^\{""Timestamp"":""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""")]
    private static partial Regex Timestamp();
}
