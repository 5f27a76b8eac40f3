using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;
using OrderSaga.Sandbox;

namespace OrderSaga.Payments.Tests;

/// <summary>The worker and the sandbox in one process.</summary>
sealed class Worker(Installation installation) : ParticipantHost<PaymentsDb>(installation, Queues.Payments, [], owned: true)
{
    public string MerchantKey => TestKeys.Of(Roles.Orders);
    public string ServiceKey => TestKeys.Of(Roles.Query);

    public static async Task<Worker> Start(Mode mode, params string[] settings) => await Run(new Worker(await mode.Fresh("payments", "sandbox")),
        [.. TestKeys.Settings, .. Bench.GatewayArguments, "Payments:CallTimeoutMilliseconds=700", "Sandbox:SlowTokenDelayMilliseconds=100", .. settings]);

    public Task WaitForAnswer(Guid orderId, string answer) => Eventually.Holds(
        $"{orderId} has the response {answer}", () => Answers.Any(one => one.OrderId == orderId && one.GetType().Name == answer), TimeSpan.FromSeconds(60));

    /// <summary>The order in the sandbox's own ledger.</summary>
    public async Task<string> Sandbox(Guid orderId)
    {
        using var answer = await Get($"/sandbox/v1/operations?reference={orderId}", "test-key-of-the-gateway");
        var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray();
        return string.Join(' ', items.Select(item => $"{item!["operation"]}:{item["status"]}"));
    }

    public Task<HttpResponseMessage> Get(string path) => Get(path, TestKeys.Of(Roles.Operator));

    public async Task<HttpResponseMessage> Get(string path, string? key)
    {
        using var http = Client(key);
        return await http.GetAsync(path);
    }

    public async Task<JsonNode> Json(string path)
    {
        using var answer = await Get(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    public async Task<HttpResponseMessage> Webhook(string body, WebhookHeaders headers, string path = "/webhooks/gateway")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in new[] { ("webhook-id", headers.Id), ("webhook-timestamp", headers.Timestamp), ("webhook-signature", headers.Signature) })
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        using var http = Client();
        return await http.SendAsync(request);
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddPayments();
        base.Add(builder);
        builder.AddSandbox();
    }

    protected override void Map(WebApplication host)
    {
        host.MapPayments();
        host.MapSandbox();
    }

    protected override async Task CreateTables()
    {
        await base.CreateTables();
        await ReadFrom((SandboxDb db) => db.Database.EnsureCreatedAsync());
    }

    protected override async Task Serve()
    {
        await base.Serve();
        App.Configuration["Gateway:Url"] = Root + "sandbox";
        App.Configuration["Sandbox:WebhookUrl"] = Root + "webhooks/gateway";
    }

    protected override void Listen(IReceiveEndpointConfigurator endpoint)
    {
        Collect<PaymentAuthorized>(endpoint);
        Collect<PaymentPending>(endpoint);
        Collect<PaymentDeclined>(endpoint);
        Collect<PaymentConfirmed>(endpoint);
        Collect<PaymentRefused>(endpoint);
        Collect<PaymentCancelled>(endpoint);
    }
}
