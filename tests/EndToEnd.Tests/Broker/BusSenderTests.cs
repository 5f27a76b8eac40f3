using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace EndToEnd.Tests;

/// <summary>A message moves goods or money, or places an order, only if its broker user may send it.</summary>
[Collection(nameof(RestrictedSystem))]
public sealed class BusSenderTests(RestrictedSystem restricted)
{
    const string Json = "application/json";
    const string Wrapped = "application/vnd.masstransit+json";
    const string Enveloped = "application/vnd.ordersaga.envelope+json";

    static readonly string[] Events = ["OrderSubmitted", "OrderRejected", "OrderCompleted"];

    [Fact]
    public async Task An_outside_system_orders_with_its_rights_alone()
    {
        Skip();
        using var api = Api();
        var sku = await api.NewSku(10);
        await using var shop = await restricted.LogIn(RestrictedSystem.Shop);
        await shop.Subscribe(Events);
        await shop.Send("submit-order", Json, Submit("demo", "good-" + sku, sku));
        await shop.Send(shop.User + ".submit-order", Json, Submit("demo", "own-exchange-" + sku, sku));
        ((string)(await shop.Event("OrderCompleted", "good-" + sku))["merchant"]!).ShouldBe("demo");
        await shop.Event("OrderCompleted", "own-exchange-" + sku);
        (await api.LevelOf(sku)).Sold.ShouldBe(2);
        (await Actors("good-" + sku)).ShouldBe(["SubmitOrder by broker user " + shop.User], "the steps of the saga have no actor");
    }

    /// <summary>The audit rows of an order that name an actor.</summary>
    async Task<List<string>> Actors(string key)
    {
        await using var db = new NpgsqlConnection(restricted.Running.Connection("orders"));
        await db.OpenAsync();
        await using var rows = new NpgsqlCommand("""
            SELECT a.cause || ' by ' || a.actor FROM audit a JOIN orders o ON a.subject_id = o.id::text
            WHERE o.idempotency_key = $1 AND a.actor IS NOT NULL
            """, db) { Parameters = { new() { Value = key } } };
        await using var found = await rows.ExecuteReaderAsync();
        List<string> all = [];
        while (await found.ReadAsync())
            all.Add(found.GetString(0));
        return all;
    }

    [Fact]
    public async Task The_merchant_of_an_order_is_its_senders()
    {
        Skip();
        await using var shop = await restricted.LogIn(RestrictedSystem.Shop);
        await using var stranger = await restricted.LogIn(RestrictedSystem.Stranger);
        await shop.Subscribe(Events);
        var id = Guid.CreateVersion7();
        await shop.Send("submit-order", Json, Submit("beta", $"foreign-{id}", "any"));
        await shop.Send("submit-order", Json, Submit("demo", $"nameless-{id}", "any"), properties => properties.ClearUserId());
        await stranger.Send("submit-order", Json, Submit("demo", $"unlisted-{id}", "any"));
        var expected = new[] { ("foreign", "demo", "may order for demo only"), ("nameless", "", "no user-id"), ("unlisted", "", "belongs to no merchant") };
        foreach (var (key, merchant, why) in expected)
        {
            var rejected = await shop.Event("OrderRejected", $"{key}-{id}");
            ((string)rejected["code"]!).ShouldBe("forbidden");
            ((string)rejected["detail"]!).ShouldContain(why);
            ((string)rejected["merchant"]!).ShouldBe(merchant, "a rejection in another's name would deceive that one");
        }
    }

    /// <summary>Ids can be guessed, and every message on a public event has one. With a user-id and without it.</summary>
    [Fact]
    public async Task A_used_message_id_of_another_system_hides_no_order()
    {
        Skip();
        using var api = Api();
        var sku = await api.NewSku(10);
        await using var shop = await restricted.LogIn(RestrictedSystem.Shop);
        await using var stranger = await restricted.LogIn(RestrictedSystem.Stranger);
        await shop.Subscribe(Events);
        foreach (var anonymous in new[] { false, true })
        {
            var id = Guid.CreateVersion7();
            await stranger.Send("submit-order", Json, Submit("demo", $"first-{id}", sku), WithId);
            await shop.Event("OrderRejected", $"first-{id}");
            await shop.Send("submit-order", Json, Submit("demo", $"second-{id}", sku), properties => properties.MessageId = id.ToString());
            await shop.Event("OrderCompleted", $"second-{id}");

            void WithId(BasicProperties properties)
            {
                properties.MessageId = id.ToString();
                if (anonymous)
                    properties.ClearUserId();
            }
        }
    }

    /// <summary>Who may send to an exchange may also bind others to it.</summary>
    [Fact]
    public async Task Events_bound_to_submit_order_are_dropped()
    {
        Skip();
        using var api = Api();
        var sku = await api.NewSku(10);
        await using var shop = await restricted.LogIn(RestrictedSystem.Shop);
        await shop.Subscribe(Events);
        foreach (var name in Events)
            (await shop.May(channel => channel.ExchangeBindAsync("submit-order", "OrderSaga.Contracts:" + name, ""))).ShouldBeTrue();
        var order = await api.PlaceAndEnd(sku, 1, "tok_ok");
        // It arrives behind the events.
        await shop.Send("submit-order", Json, Submit("demo", "behind-" + sku, sku));
        await shop.Event("OrderCompleted", "behind-" + sku);
        foreach (var name in Events)
            (await shop.May(channel => channel.ExchangeUnbindAsync("submit-order", "OrderSaga.Contracts:" + name, ""))).ShouldBeTrue();
        (await api.LastFailed("Orders.Sagas", order.Id.ToString())).ShouldBeNull();
    }

    [Fact]
    public async Task The_broker_refuses_a_false_user_id()
    {
        Skip();
        await using var stranger = await restricted.LogIn(RestrictedSystem.Stranger);
        await Should.ThrowAsync<RabbitMQClientException>(() => stranger.Send(
            "submit-order", Json, Submit("demo", "false", "any"), properties => properties.UserId = restricted.Prefix + RestrictedSystem.Shop));
    }

    /// <summary>Each is in a format that the saga reads, from a service that may write to its queue.</summary>
    [Theory]
    [InlineData("inventory", "PaymentConfirmed", Enveloped)]
    [InlineData("inventory", "PaymentConfirmed", Wrapped)]
    [InlineData("inventory", "StockReserved PaymentAuthorized", Wrapped)]
    [InlineData("inventory", "PaymentConfirmed", Json)]
    [InlineData("inventory", "", Json)]
    [InlineData("inventory", "paymentCONFIRMED", Wrapped)]
    [InlineData("orders-api", "PaymentPending", Enveloped)]
    [InlineData("payments", "StockReserved", Enveloped)]
    [InlineData("payments", "CancelOrder", Enveloped)]
    public async Task The_saga_believes_an_answer_only_from_its_owner(string user, string types, string format)
    {
        Skip();
        using var api = Api();
        var order = await Unpaid(api);
        await using var forger = await restricted.LogIn(user);
        var headers = new Dictionary<string, object?> { ["ordersaga-sender"] = restricted.Prefix + "payments" };
        if (format == Json && types.Length > 0)
            headers["MT-MessageType"] = Urn(types);
        await forger.Send("orders", format, Body(format, types, order.Id), properties => properties.Headers = headers);
        await Refused("Orders.Sagas", order.Id, restricted.Prefix + user);
        var now = await api.Get(order.Id);
        (now.Status, now.Payment.Status, now.Payment.Url).ShouldBe((order.Status, order.Payment.Status, order.Payment.Url));
        (await api.Cancel(order.Id)).EnsureSuccessStatusCode();
        (await api.End(order.Id)).Status.ShouldBe("Cancelled");
    }

    [Fact]
    public async Task A_command_in_a_participants_queue_needs_its_sender()
    {
        Skip();
        using var api = Api();
        var order = await Unpaid(api);
        await using var forger = await restricted.LogIn("inventory");
        await using var stock = await restricted.LogIn("orders-api");
        await stock.Send("inventory", Enveloped, Body(Enveloped, "CancelStock", order.Id));
        await Refused("Inventory.Worker", order.Id, restricted.Prefix + "orders-api");
        // The saga returns it to the queue that it names; its sender stays its sender.
        await forger.Return("payments", Enveloped, Body(Enveloped, "CancelPayment", order.Id));
        var refused = await Refused("Payments.Worker", order.Id, restricted.Prefix + "inventory");
        // So it does when an operator sends it again.
        (await api.Replay("Payments.Worker", (Guid)refused["id"]!)).EnsureSuccessStatusCode();
        var again = await Eventually.Becomes("it is refused again", () => Last("Payments.Worker", order.Id),
            last => last is not null && (Guid)last["id"]! != (Guid)refused["id"]!);
        ((string)again!["cause"]!).ShouldContain("may not send");
        (await api.Get(order.Id)).Status.ShouldBe(order.Status);
    }

    static void Skip() => Assert.SkipUnless(RestrictedSystem.IsAvailable, "It needs a broker.");

    Shop Api() => new(restricted.Running, restricted.Running.ApiKey);

    /// <summary>An order whose customer has the address of the payment page.</summary>
    static async Task<Order> Unpaid(Shop api)
    {
        var placed = await api.Place(await api.NewSku(1), 1, token: null, wait: 0);
        return await Eventually.Becomes("it can be paid", () => api.Get(placed.Id), order => order.Payment.Url is not null);
    }

    async Task<JsonNode> Refused(string service, Guid order, string user)
    {
        var failed = await Eventually.Becomes($"{service} refuses it", () => Last(service, order), last => last is not null);
        ((string)failed!["cause"]!).ShouldContain($"The broker user {user} may not send");
        return failed;
    }

    async Task<JsonNode?> Last(string service, Guid order)
    {
        using var api = Api();
        return await api.LastFailed(service, order.ToString());
    }

    static string Submit(string merchant, string key, string sku) => JsonSerializer.Serialize(new
    {
        merchant, idempotencyKey = key, currency = "EUR", lines = new[] { new { sku, quantity = 1 } }, payment = new { method = "card", token = "tok_ok" },
    });

    static string Urn(string types) => string.Join(';', types.Split(' ').Select(type => "urn:message:OrderSaga.Contracts:" + type));

    static string Body(string format, string types, Guid orderId)
    {
        var (id, message) = (Guid.CreateVersion7(), new { orderId, url = "https://pay.evil.example/", expiresAt = "2099-01-01T00:00:00Z", reason = "because" });
        return format switch
        {
            Enveloped => JsonSerializer.Serialize(new { messages = new[] { new { id, correlationId = orderId, type = Urn(types), message } } }),
            Wrapped => JsonSerializer.Serialize(new { messageId = id, correlationId = orderId, messageType = Urn(types).Split(';'), message }),
            _ => JsonSerializer.Serialize(message),
        };
    }
}
