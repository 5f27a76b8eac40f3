using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;

namespace Reconciler.Job.Tests;

/// <summary>Every call that changes something leaves an audit row with the name of its key.</summary>
public sealed class ActorTests : IAsyncLifetime
{
    const string Actor = "key kim";
    const string Endpoint = "webhook endpoint";
    const string Switch = "switch";

    static readonly string[] Settings =
    [
        "Webhooks:AllowHttp=true", "Webhooks:PrivateHosts:0=127.0.0.1", "Webhooks:ReadIntervalMilliseconds=100", "Settlements:FetchEnabled=false",
        "Recovery:IntervalSeconds=1", "Recovery:ReviewIntervalSeconds=1", "Recovery:LeaseSeconds=2", "Participants:StockUrl=http://127.0.0.1:9",
        "Switches:TwoPersons=true",
    ];

    /// <summary>Only the gateway calls it, and its signature says so.</summary>
    static readonly string[] WithoutKey = ["ReceiveGatewayWebhook", "ReceiveNamedGatewayWebhook"];

    static readonly string[] ChangesNothing = ["PreviewSwitch"];

    static readonly string Yesterday = $"{TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1):yyyy-MM-dd}";

    Shop shop = null!;
    HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.Open(Mode.Embedded, Settings);
        http = new HttpClient { BaseAddress = shop.Http.BaseAddress };
        var key = ApiKeys.Create(shop.Installation.Directory, "kim", "demo", [.. Roles.All]);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await Eventually.Holds("the new key is accepted", async () => (await http.GetAsync("/products")).IsSuccessStatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await shop.DisposeAsync();
    }

    [Fact]
    public async Task Every_change_over_HTTP_is_audited_with_its_key()
    {
        var acts = Acts();
        acts.Select(act => act.Operation).Concat(WithoutKey).Concat(ChangesNothing).ShouldBe(await Operations(), ignoreOrder: true);
        foreach (var (operation, subject, act) in acts)
        {
            var before = await Audit();
            await act();
            var rows = (await Audit()).ExceptBy(before.Select(row => (row.Database, row.Row.Id)), row => (row.Database, row.Row.Id)).ToList();
            rows.ShouldContain(row => row.Row.Subject.StartsWith(subject, StringComparison.Ordinal) && row.Row.Actor == Actor,
                $"{operation}: {string.Join(", ", rows.Select(row => $"{row.Row.Subject} {row.Row.Cause} {row.Row.Actor}"))}");
        }

        (await Audit()).Where(row => row.Row.Actor is null).ShouldAllBe(row => row.Row.Cause != nameof(OrderSaga.Contracts.SubmitOrder));
    }

    /// <summary>Each operation of the document, the subject of its row, and a call that changes something.</summary>
    List<(string Operation, string Subject, Func<Task> Act)> Acts() =>
    [
        ("PutProduct", "product", () => Call(HttpMethod.Put, "/products/cup-001", new { name = "Cup", unitPrice = 500, currency = "EUR" })),
        ("ReceiveStock", "stock", () => Call(HttpMethod.Post, "/stock/cup-001/receipts", new { receiptId = "r-1", quantity = 5 })),
        ("RegisterWebhookEndpoint", Endpoint, () => Call(HttpMethod.Post, "/webhook-endpoints", new { url = "http://127.0.0.1:9/" })),
        ("SubmitOrder", OrderAudit.Subject, () => Place()),
        ("CancelOrder", OrderAudit.Subject, async () => await Call(HttpMethod.Post, $"/orders/{await shop.Unpaid()}/cancel", new { reason = "changed" })),
        ("ResendWebhookDelivery", Endpoint, async () => await Call(HttpMethod.Post, await Delivery() + "/resend")),
        ("RotateWebhookSecret", Endpoint, async () => await Call(HttpMethod.Post, await OwnEndpoint() + "/secret")),
        ("EnableWebhookEndpoint", Endpoint, async () => await Call(HttpMethod.Post, await OwnEndpoint() + "/enable", new { sendMissed = false })),
        ("RemoveWebhookEndpoint", Endpoint, async () => await Call(HttpMethod.Delete, await OwnEndpoint())),
        ("HandInSettlement", "settlement file", Import),
        ("VoidSettlement", "settlement file", () => Call(HttpMethod.Post, $"/settlements/{Yesterday}/void", Why)),
        ("StartReconciliation", "reconciliation run", () => Call(HttpMethod.Post, "/reconciliation/runs", new { kind = "full", dryRun = true })),
        ("ReplayFailedMessage", "message", async () => await Call(HttpMethod.Post, $"/failed-messages/{await Failed()}/replay")),
        ("DiscardFailedMessage", "message", async () => await Call(HttpMethod.Delete, $"/failed-messages/{await Failed()}")),
        ("ReplayParkedRow", "outbox row", async () => await Call(HttpMethod.Post, $"/outbox/parked/{await Parked()}/replay")),
        ("PutSwitch", Switch, () => Propose(http)),
        ("WithdrawSwitch", Switch, () => Call(HttpMethod.Post, "/switches/flow/withdraw", Why)),
        ("ApproveSwitch", Switch, async () =>
        {
            await Propose(shop.Http);
            await Call(HttpMethod.Post, "/switches/flow/approve", Why);
        }),
        ("KillSwitch", Switch, () => Call(HttpMethod.Post, "/switches/flow/kill", Why)),
        ("AssignCase", "case", async () => await Call(HttpMethod.Post, await Difference() + "/assign", new { assignee = "jo", reason = "why" })),
        ("ResolveCase", "case", async () => await Call(HttpMethod.Post, await Difference() + "/resolve", Why)),
        ("AcceptCase", "accepted", async () => await Call(HttpMethod.Post, await Difference() + "/accept", Why)),
        ("RevokeAcceptedDifference", "accepted", async () =>
            await Call(HttpMethod.Post, $"/accepted-differences/{await First("/accepted-differences")}/revoke", Why)),
        ("RetryCase", "case", async () => await Call(HttpMethod.Post, await Review(sold: true) + "/retry", Why)),
        ("CompensateCase", "case", async () => await Call(HttpMethod.Post, await Review(sold: false) + "/cancel-and-compensate", Why)),
    ];

    static object Why => new { reason = "why" };

    async Task<IEnumerable<string>> Operations() =>
        from path in (await http.Json("/openapi/v1.json"))["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key is not ("get" or "parameters")
        select (string)operation.Value!["operationId"]!;

    async Task<List<(string Database, AuditRow Row)>> Audit()
    {
        List<(string, AuditRow)> all = [];
        foreach (var name in (string[])["orders", "inventory", "payments", "reconciler"])
        {
            await using var db = Migrations.Schema.Context(DatabaseMode.Sqlite, name, shop.Installation.Connection(name));
            all.AddRange((await db.Audit.AsNoTracking().ToListAsync()).Select(row => (name, row)));
        }

        return all;
    }

    /// <summary>New rules that need a second person.</summary>
    static async Task Propose(HttpClient caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/switches/flow")
        {
            Content = JsonContent.Create(new { rules = new[] { new { value = "both-at-once" } }, reason = "why" }),
        };
        request.Headers.IfMatch.Add(await Tag(caller));
        using var answer = await caller.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(202, await answer.Content.ReadAsStringAsync());
    }

    async Task Call(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (path.EndsWith("/approve", StringComparison.Ordinal))
            request.Headers.IfMatch.Add(await Tag(http));
        await Send(request);
    }

    static async Task<EntityTagHeaderValue> Tag(HttpClient caller)
    {
        using var read = await caller.GetAsync(new Uri("/switches/flow", UriKind.Relative));
        return read.Headers.ETag!;
    }

    async Task Send(HttpRequestMessage request)
    {
        using var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{request.Method} {request.RequestUri}: {await answer.Content.ReadAsStringAsync()}");
    }

    async Task Place()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders");
        request.Headers.Add("Idempotency-Key", "k-1");
        request.Content = JsonContent.Create(new
        {
            currency = "EUR", lines = new[] { new { sku = "cup-001", quantity = 1 } }, payment = new { method = "card", token = "tok_ok" },
        });
        await Send(request);
    }

    async Task Import()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/settlements?date={Yesterday}");
        request.Content = new StringContent($"{SettlementCsv.Header}\r\ntrailer,0,,,,,,,\r\n", Encoding.UTF8, "text/csv");
        await Send(request);
    }

    async Task<string> First(string list) => (string)(await http.Json(list))["items"]![0]!["id"]!;

    async Task<string> OwnEndpoint() => "/webhook-endpoints/" + await First("/webhook-endpoints");

    async Task<string> Delivery()
    {
        var deliveries = await OwnEndpoint() + "/deliveries";
        await Eventually.Holds("there is a delivery", async () => (await http.Json(deliveries))["items"]!.AsArray().Count > 0);
        return $"{deliveries}/{await First(deliveries)}";
    }

    /// <summary>The actions of a new case about an order of another amount.</summary>
    async Task<string> Difference()
    {
        var order = await shop.Order();
        await shop.Corruptor.OtherAmount(order);
        await Eventually.Holds("no run is in progress", async () => (await http.Json("/reconciliation/runs"))["items"]!.AsArray()
            .All(run => run!["finishedAt"] is not null));
        await shop.Http.Reconcile();
        return ActionsOf((await http.Cases()).Single(row => (string?)row!["orderId"] == order.ToString())!);
    }

    async Task<string> Review(bool sold)
    {
        var order = await shop.Order();
        if (!sold)
            await shop.Corruptor.NotSold(order);
        await shop.InReview(order, OrderStates.ConfirmingStock);
        JsonNode? Of(JsonArray cases) => cases.FirstOrDefault(row => (string?)row!["orderId"] == order.ToString());
        var cases = await Eventually.Becomes("it is a case", () => http.Cases(), cases => Of(cases) is not null);
        return ActionsOf(Of(cases)!);
    }

    static string ActionsOf(JsonNode row) => $"/cases/{row["id"]}/actions";

    Task<Guid> Failed() => Add(id => new FailedMessage
    {
        Id = id, Endpoint = "orders", InputAddress = "", MessageType = "", ContentType = "", Body = Encoding.UTF8.GetBytes("{}"), Headers = "{}", Cause = "",
        Detail = "", FailedAt = DateTime.UnixEpoch,
    });

    Task<Guid> Parked() => Add(id => new OutboxRow
    {
        Id = id, Destination = "exchange:none", MessageType = "", ContentType = "", Body = "", ParkedAt = DateTime.UnixEpoch,
        NextAttemptAt = DateTime.UnixEpoch,
    });

    async Task<Guid> Add(Func<Guid, object> row)
    {
        var id = Guid.CreateVersion7();
        await shop.Db(db =>
        {
            db.Add(row(id));
            return db.SaveChangesAsync();
        });
        return id;
    }
}
