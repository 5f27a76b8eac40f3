using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace EndToEnd.Tests;

/// <summary>Every broker user tries everything on every queue and exchange, and may do what it needs and nothing else.</summary>
[Collection(nameof(RestrictedSystem))]
public sealed class BrokerRightsTests(RestrictedSystem restricted)
{
    const string Event = "OrderSaga.Contracts:Order";

    static readonly string[] Events =
        [Event + "Submitted", Event + "Rejected", Event + "Completed", Event + "Cancelled", Event + "NeedsReview"];

    static readonly string[] SagasOwn = ["orders", "submit-order", "submit-order.quorum", "ordersaga.returned", "OrderSaga.Contracts:SubmitOrder"];

    public static TheoryData<string> Users => [.. RestrictedSystem.Users];

    [Theory, MemberData(nameof(Users))]
    public async Task A_user_has_exactly_the_rights_that_it_needs(string user)
    {
        Assert.SkipUnless(RestrictedSystem.IsAvailable, "It needs a broker.");
        var (exchanges, queues) = (await Names("exchanges"), await Names("queues"));
        await using var client = await restricted.LogIn(user);
        var needed = Needed(user, client.User);
        needed.Configure.Except(exchanges).ShouldBeEmpty("they exist");
        exchanges.ShouldContain("", "the default exchange is tried too");

        var configured = await Where(
            client, exchanges, (channel, name) => channel.ExchangeDeclareAsync(name, ExchangeType.Headers, durable: true, autoDelete: false));
        configured.ShouldBe(needed.Configure.Intersect(exchanges), ignoreOrder: true);
        (await Where(client, queues, (channel, name) => channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: true)))
            .ShouldBe(needed.Configure.Intersect(queues), ignoreOrder: true);
        // A name that is not the sender's is refused after the right to write was checked: so nothing is sent.
        (await Where(client, exchanges, (channel, name) => channel.BasicPublishAsync(
            name, "orders", mandatory: false, new BasicProperties { UserId = "somebody" }, ReadOnlyMemory<byte>.Empty).AsTask()))
            .ShouldBe(needed.Write.Intersect(exchanges), ignoreOrder: true);
        (await Where(client, queues, (channel, name) => Get(channel, name))).ShouldBe(needed.Read.Intersect(queues), ignoreOrder: true);
        var target = user is RestrictedSystem.Shop or RestrictedSystem.Stranger ? client.User : "amq.direct";
        (await Where(client, exchanges, (channel, name) => Bind(channel, target, name))).ShouldBe(needed.Read.Intersect(exchanges), ignoreOrder: true);
    }

    /// <summary>Other ways to a queue than to publish to its exchange.</summary>
    [Fact]
    public async Task An_outside_system_finds_no_detour_to_a_queue()
    {
        Assert.SkipUnless(RestrictedSystem.IsAvailable, "It needs a broker.");
        await using var shop = await restricted.LogIn(RestrictedSystem.Shop);
        foreach (var target in new[] { "", "orders", "payments", "inventory", "ordersaga.returned", Events[0] })
        {
            var deadLetters = new Dictionary<string, object?> { ["x-dead-letter-exchange"] = target, ["x-dead-letter-routing-key"] = "payments" };
            (await shop.May(channel => channel.QueueDeclareAsync(shop.User + ".detour", true, false, false, deadLetters))).ShouldBeFalse(target);
            var alternate = new Dictionary<string, object?> { ["alternate-exchange"] = target };
            (await shop.May(channel => channel.ExchangeDeclareAsync(shop.User + ".detour", ExchangeType.Fanout, true, false, alternate))).ShouldBeFalse(target);
            if (target.Length > 0)
                (await shop.May(channel => Bind(channel, target, shop.User))).ShouldBeFalse(target);
        }

        (await shop.May(channel => channel.QueueBindAsync("orders", shop.User, ""))).ShouldBeFalse();
        (await shop.May(channel => channel.QueuePurgeAsync("submit-order"))).ShouldBeFalse();
        (await shop.May(channel => channel.QueueDeleteAsync("submit-order"))).ShouldBeFalse();
    }

    /// <summary>RabbitMQ lets a policy override the argument <c>x-overflow</c> of a quorum queue, and applies one policy to a queue.</summary>
    [Fact]
    public async Task A_policy_for_all_queues_does_not_reach_ours()
    {
        Assert.SkipUnless(RestrictedSystem.IsAvailable, "It needs a broker.");
        using var http = Installation.Management();
        var vhost = restricted.Running.Users!.Vhost;
        var policy = new Dictionary<string, object>
        {
            ["pattern"] = ".*", ["apply-to"] = "all", ["priority"] = 999,
            ["definition"] = new Dictionary<string, object> { ["max-length"] = 1_000_000, ["overflow"] = "drop-head" },
        };
        (await http.PutAsJsonAsync($"api/queues/{vhost}/another", new { durable = true })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync($"api/policies/{vhost}/limits", policy)).EnsureSuccessStatusCode();
        await Eventually.Becomes("the policy reaches other queues", () => Policy("another"), name => name == "limits");
        foreach (var queue in new[] { "orders", "inventory", "payments", "submit-order", "submit-order.quorum", "ordersaga.returned" })
            (await Policy(queue)).ShouldBe("ordersaga-keep-messages", queue);
        (await http.DeleteAsync($"api/policies/{vhost}/limits")).EnsureSuccessStatusCode();
        (await http.DeleteAsync($"api/queues/{vhost}/another")).EnsureSuccessStatusCode();

        async Task<string?> Policy(string queue) => (string?)(await http.GetFromJsonAsync<JsonNode>($"api/queues/{vhost}/{queue}"))!["policy"];
    }

    (string[] Configure, string[] Write, string[] Read) Needed(string user, string self) => user switch
    {
        "orders-api" => ([Events[0]], ["inventory", "payments", "orders", Events[0], "amq.direct"], []),
        "orders-sagas" => ([.. SagasOwn, .. Events], [.. SagasOwn, .. Events, "inventory", "payments", "amq.direct", .. Replies], SagasOwn),
        "inventory" or "payments" => ([user], [user, "orders", "ordersaga.returned", "amq.direct"], [user]),
        "reconciler" => ([], ["orders", "inventory", "payments", "amq.direct"], []),
        _ => (NamesOf(self), [.. NamesOf(self), "submit-order"], [.. NamesOf(self), .. Events]),
    };

    IEnumerable<string> Replies => new[] { RestrictedSystem.Shop, RestrictedSystem.Stranger }.Select(name => restricted.Prefix + name + ".replies");

    static string[] NamesOf(string self) => [self, self + ".submit-order", self + ".replies"];

    static async Task<List<string>> Where(BrokerClient client, IEnumerable<string> names, Func<IChannel, string, Task> act)
    {
        var allowed = new List<string>();
        foreach (var name in names)
            if (await client.May(channel => act(channel, name)))
                allowed.Add(name);
        return allowed;
    }

    static async Task Get(IChannel channel, string queue)
    {
        if (await channel.BasicGetAsync(queue, autoAck: false) is { } taken)
            await channel.BasicNackAsync(taken.DeliveryTag, multiple: false, requeue: true);
    }

    static async Task Bind(IChannel channel, string target, string source)
    {
        await channel.ExchangeBindAsync(target, source, "tried");
        await channel.ExchangeUnbindAsync(target, source, "tried");
    }

    async Task<List<string>> Names(string kind)
    {
        using var http = Installation.Management();
        var all = await http.GetFromJsonAsync<JsonArray>($"api/{kind}/{restricted.Running.Users!.Vhost}");
        return [.. all!.Select(one => (string)one!["name"]!)];
    }
}
