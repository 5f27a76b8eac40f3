using System.Text.Json.Nodes;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Rabbit;

namespace Platform.Tests;

/// <summary>Replies to requests share a channel, which the broker closes when one of the requesters has gone.</summary>
public sealed class RepliesTests
{
    [Fact]
    public async Task A_vanished_requester_costs_others_no_reply()
    {
        Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "The bus in memory has no channels.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await installation.Manage(HttpMethod.Put, "exchanges", "here", new { type = "fanout", durable = true });
        await installation.Manage(HttpMethod.Put, "queues", "answers", new { durable = true });
        await installation.Manage(HttpMethod.Post, "bindings", "e/here/q/answers", new { routing_key = "" });
        await using var transport = new RabbitTransport(new Uri(installation.Settings()["Transport:Url"]!));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        List<OutboxMessage> answers = [.. Enumerable.Range(0, 200).Select(i => Answer(i % 20 == 10 ? "exchange:gone?temporary=true" : "exchange:here"))];
        await Task.WhenAll(answers.Select(answer => transport.Send(answer, limit.Token)));

        var all = new { count = 1000, ackmode = "ack_requeue_false", encoding = "auto" };
        var got = (await installation.Manage(HttpMethod.Post, "queues", "answers/get", all))!.AsArray();
        var wanted = answers.Where(answer => answer.Destination == "exchange:here").Select(answer => answer.Id);
        got.Select(Id).Distinct().Order().ShouldBe(wanted.Order());
    }

    static OutboxMessage Answer(string destination) => new(Guid.CreateVersion7(), destination, "Answer", "application/json", "{}", null, null);

    static Guid Id(JsonNode? message) => Guid.Parse((string)message!["properties"]!["message_id"]!);
}
