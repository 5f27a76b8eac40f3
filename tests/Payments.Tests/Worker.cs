using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;
using OrderSaga.Sandbox;

namespace OrderSaga.Payments.Tests;

/// <summary>The worker and the sandbox in one process.</summary>
sealed class Worker : IAsyncDisposable
{
    readonly Installation installation;
    readonly WebApplication app;
    readonly HttpClient http;
    readonly string operatorKey;
    readonly ConcurrentBag<(Guid, string)> received = [];

    Worker(Installation installation, WebApplication app, string operatorKey, string merchantKey, string serviceKey)
    {
        (this.installation, this.app, this.operatorKey, MerchantKey, ServiceKey) = (installation, app, operatorKey, merchantKey, serviceKey);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public string MerchantKey { get; }
    public string ServiceKey { get; }

    public static async Task<Worker> Start(Mode mode, params string[] settings)
    {
        var databases = await mode.Fresh("payments", "sandbox");
        var operators = ApiKeys.Create(databases.Directory, "op", "all", Roles.Operator);
        var merchants = ApiKeys.Create(databases.Directory, "shop", "shop", Roles.Orders);
        var services = ApiKeys.Create(databases.Directory, "orders-api", "ordersaga", Roles.Query);
        var builder = Bench.Builder(databases, null, ["--Payments:CallTimeoutMilliseconds=700", "--Sandbox:SlowTokenDelayMilliseconds=100", .. settings]);
        builder.AddSandbox();
        var built = builder.Build();
        await Create<PaymentsDb>(built);
        await Create<SandboxDb>(built);
        built.MapPayments();
        built.MapSandbox();
        built.UseServiceDefaults();
        await built.StartAsync();
        built.Configuration["Gateway:Url"] = built.Urls.Single() + "/sandbox";
        built.Configuration["Sandbox:WebhookUrl"] = built.Urls.Single() + "/webhooks/gateway";
        var worker = new Worker(databases, built, operators, merchants, services);
        await worker.Listen();
        return worker;
    }

    public Task Send<T>(T command) where T : class =>
        app.Services.GetRequiredService<UnitOfWork<PaymentsDb>>().Run(work => work.Send(Queues.Payments, command));

    public Task WaitForAnswer(Guid orderId, string answer) =>
        Eventually.Holds($"{orderId} has the response {answer}", () => received.Contains((orderId, answer)), TimeSpan.FromSeconds(60));

    /// <summary>The order in the sandbox's own ledger.</summary>
    public async Task<string> Sandbox(Guid orderId)
    {
        using var answer = await Get($"/sandbox/v1/operations?reference={orderId}", "test-key-of-the-gateway");
        var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray();
        return string.Join(' ', items.Select(item => $"{item!["operation"]}:{item["status"]}"));
    }

    public Task<HttpResponseMessage> Get(string path) => Get(path, operatorKey);

    public async Task<HttpResponseMessage> Get(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request);
    }

    public async Task<JsonNode> Json(string path)
    {
        using var answer = await Get(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    public async Task<HttpResponseMessage> Webhook(string body, WebhookHeaders headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/gateway");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in new[] { ("webhook-id", headers.Id), ("webhook-timestamp", headers.Timestamp), ("webhook-signature", headers.Signature) })
        {
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    public async Task<T> Read<T>(Func<PaymentsDb, Task<T>> read)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<PaymentsDb>());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await installation.DisposeAsync();
    }

    static async Task Create<TDb>(WebApplication app) where TDb : ServiceDb
    {
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TDb>().Database.EnsureCreatedAsync();
    }

    /// <summary>Collects the events for the saga.</summary>
    Task<ReceiveEndpointReady> Listen()
    {
        var bus = app.Services.GetRequiredService<IBus>();
        return bus.ConnectReceiveEndpoint(Queues.Orders, endpoint =>
        {
            endpoint.UseEnvelopes();
            Receive<PaymentAuthorized>(endpoint);
            Receive<PaymentPending>(endpoint);
            Receive<PaymentDeclined>(endpoint);
            Receive<PaymentConfirmed>(endpoint);
            Receive<PaymentRefused>(endpoint);
            Receive<PaymentCancelled>(endpoint);
        }).Ready;
    }

    void Receive<T>(IReceiveEndpointConfigurator endpoint) where T : class, IOrderMessage => endpoint.Handler<T>(context =>
    {
        received.Add((context.Message.OrderId, typeof(T).Name));
        return Task.CompletedTask;
    });
}
