using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Orders.Sagas.Tests;

/// <summary>The bus validates a SubmitOrder as strictly as POST /orders validates its body, and reports errors to the sender.</summary>
public sealed class StrictSubmitOrderTests
{
    const string Good = """
        "merchant":"acme","idempotencyKey":"k","currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}
        """;

    public static TheoryData<string, string, string> Bodies => new()
    {
        { $$"""{{{Good}},"clas":"flash"}""", "unknown-member", "/clas" },
        { $$"""{{{Good}},"Currency":"EUR"}""", "unknown-member", "/Currency" },
        { $$"""{{{Good}},"currency":"EUR"}""", "duplicate-member", "/currency" },
        { $$"""{{{Good.Replace("\"quantity\":1", "\"quantity\":1,\"unitPrice\":1", StringComparison.Ordinal)}}}""", "unknown-member", "/lines/0/unitPrice" },
        { $$"""{{{Good.Replace("\"quantity\":1", "\"quantity\":\"2\"", StringComparison.Ordinal)}}}""", "wrong-type", "/lines/0/quantity" },
        { $$"""{{{Good.Replace("\"quantity\":1", "\"quantity\":2.0", StringComparison.Ordinal)}}}""", "wrong-type", "/lines/0/quantity" },
        { $$"""{{{Good.Replace("\"quantity\":1", "\"quantity\":99999999999", StringComparison.Ordinal)}}}""", "wrong-type", "/lines/0/quantity" },
        { $$"""{{{Good.Replace("\"EUR\"", "7", StringComparison.Ordinal)}}}""", "wrong-type", "/currency" },
        { $$"""{{{Good.Replace("[{\"sku\":\"tea-001\",\"quantity\":1}]", "{}", StringComparison.Ordinal)}}}""", "wrong-type", "/lines" },
        { $$"""{{{Good.Replace("tok_ok", "4111-1111-1111-1111", StringComparison.Ordinal)}}}""", "invalid-order", "/payment/token" },
        { $$"""{{{Good}},/* why */"class":null}""", "invalid-json", "" },
        { $$"""{{{Good}},}""", "invalid-json", "" },
    };

    [Theory, MemberData(nameof(Bodies))]
    public async Task What_HTTP_refuses_is_rejected_with_a_code(string body, string code, string member)
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        await Send(rig, body);
        var envelope = $$"""{"messageId":"{{Guid.CreateVersion7()}}","messageType":["urn:message:OrderSaga.Contracts:SubmitOrder"],"message":{{body}}}""";
        await Send(rig, envelope, "application/vnd.masstransit+json");
        var rejected = await Eventually.Becomes("both are rejected",
            async () => (await rig.Sent()).FindAll(sent => sent.MessageType == nameof(OrderRejected)), sent => sent.Count == 2);
        foreach (var received in rejected.Select(sent => sent.Message))
        {
            ((string)received["merchant"]!, (string)received["idempotencyKey"]!, (string)received["code"]!).ShouldBe(("acme", "k", code));
            ((string)received["detail"]!).ShouldContain(member);
        }

        (await rig.Failed()).ShouldBeEmpty();
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"merchant":5,"idempotencyKey":"k"}""")]
    [InlineData("""{"merchant":"acme","idempotencyKey":["k"]}""")]
    [InlineData("""{"merchant":"\ud83d","idempotencyKey":"k"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    public async Task A_command_that_cannot_be_answered_is_dead_lettered_once(string body)
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        await Send(rig, body);
        await Eventually.Becomes("it is dead-lettered", rig.Failed, failed => failed.Count == 1);
        (await rig.Sent()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("token", """ "currency":"EUR","lines":[{"sku":"a","quantity":1}],"payment":{"method":"card","token":"\ud83d"} """)]
    [InlineData("currency", """ "currency":"\u0000","lines":[{"sku":"a","quantity":1}],"payment":{"method":"hosted"} """)]
    [InlineData("class", """ "currency":"EUR","lines":[],"payment":{"method":"hosted"},"class":"\u0000" """)]
    public async Task Text_that_no_database_can_store_is_rejected(string member, string rest)
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        await Send(rig, $$"""{"merchant":"acme","idempotencyKey":"k",{{rest}}}""");
        var rejected = await Eventually.Becomes("it is rejected",
            async () => (await rig.Sent()).FindAll(sent => sent.MessageType == nameof(OrderRejected)), sent => sent.Count == 1);
        ((string)rejected[0].Message["detail"]!).ShouldContain(member);
        (await rig.Failed()).ShouldBeEmpty();
    }

    /// <summary>All subscribers receive the rejection.</summary>
    [Fact]
    public async Task A_rejection_repeats_an_invalid_key_only_in_part()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        await Send(rig, JsonSerializer.Serialize(new { merchant = "acme", idempotencyKey = "a\n\u001b[31m" + new string('k', 100_000) }));
        var rejected = await Eventually.Becomes("it is rejected",
            async () => (await rig.Sent()).FindAll(sent => sent.MessageType == nameof(OrderRejected)), sent => sent.Count == 1);
        var key = (string)rejected[0].Message["idempotencyKey"]!;
        key.ShouldStartWith("a [31mkkk");
        key.Length.ShouldBe(FieldRules.MaxIdempotencyKeyLength);
    }

    static async Task Send(Rig rig, string body, string contentType = "application/json")
    {
        var endpoint = await rig.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:" + Queues.SubmitOrder));
        await endpoint.Send(new SubmitOrder("", "", "", [], new PaymentInstruction("card")), new RawMessage(body, contentType));
    }
}
