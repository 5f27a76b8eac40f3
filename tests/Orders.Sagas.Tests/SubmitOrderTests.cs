using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Orders.Sagas.Tests;

/// <summary>Orders placed by other systems over the bus.</summary>
public sealed class SubmitOrderTests
{
    static readonly SubmitOrder Tea = new("acme", "bus-1", "EUR", [new OrderLine("tea-001", 2)], new PaymentInstruction("card", "tok_ok"));

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Raw_JSON_places_an_order(Mode mode)
    {
        await using var rig = await Start(mode);
        await Send(rig, JsonSerializer.Serialize(Tea, JsonSerializerOptions.Web));
        var submitted = await WaitForEvents(rig, nameof(OrderSubmitted));

        submitted["idempotencyKey"]!.GetValue<string>().ShouldBe("bus-1");
        submitted["total"]!["amount"]!.GetValue<long>().ShouldBe(2500);
        var order = await rig.Order(submitted["orderId"]!.GetValue<Guid>());
        (order.State, order.Merchant, order.Total, order.Version).ShouldBe((OrderStates.Reserving, "acme", 2500L, 1L));
        (await rig.Sent(order.CorrelationId)).Select(sent => sent.MessageType).ShouldBe([nameof(TryReserveStock), nameof(OrderSubmitted)], ignoreOrder: true);
        (await rig.Audit(order.CorrelationId)).ShouldLeadTo(OrderStates.Reserving);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_repeated_key_returns_the_same_order_in_any_envelope(Mode mode)
    {
        await using var rig = await Start(mode);
        await Send(rig, JsonSerializer.Serialize(Tea, JsonSerializerOptions.Web));
        await WaitForEvents(rig, nameof(OrderSubmitted));
        await Send(rig, JsonSerializer.Serialize(Tea, JsonSerializerOptions.Web));
        await WaitForEvents(rig, nameof(OrderSubmitted), 2);
        await Enveloped(rig, Tea);
        await WaitForEvents(rig, nameof(OrderSubmitted), 3);

        (await rig.Sent()).Where(sent => sent.MessageType == nameof(OrderSubmitted)).Select(sent => sent.Message.ToJsonString()).Distinct().Count().ShouldBe(1);
        (await rig.Sent()).Count(sent => sent.MessageType == nameof(TryReserveStock)).ShouldBe(1);
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task Equal_commands_in_one_batch_place_one_order()
    {
        await using var rig = await Start(Mode.Embedded);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Send(rig, JsonSerializer.Serialize(Tea, JsonSerializerOptions.Web))));
        await WaitForEvents(rig, nameof(OrderSubmitted), 20);
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(1);
    }

    [Theory]
    [InlineData("invalid-merchant",
        """{"idempotencyKey":"k","currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}}""")]
    [InlineData("invalid-idempotency-key",
        """{"merchant":"acme","currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}}""")]
    [InlineData("unknown-sku",
        """{"merchant":"acme","idempotencyKey":"k","currency":"EUR","lines":[{"sku":"gone","quantity":1}],"payment":{"method":"card","token":"t"}}""")]
    [InlineData("currency-differs",
        """{"merchant":"acme","idempotencyKey":"k","currency":"USD","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"hosted"}}""")]
    [InlineData("invalid-order",
        """{"merchant":"acme","idempotencyKey":"k","currency":"EUR","lines":[{"sku":"tea-001","quantity":0}],"payment":{"method":"hosted"}}""")]
    [InlineData("invalid-order", """{"merchant":"acme","idempotencyKey":"k","currency":"EUR","lines":[null],"payment":{"method":"hosted"}}""")]
    [InlineData("invalid-order", """{"merchant":"acme","idempotencyKey":"k"}""")]
    [InlineData("invalid-merchant", "{}")]
    public async Task A_rejected_order_has_a_reason_and_leaves_no_row(string code, string body)
    {
        await using var rig = await Start(Mode.Embedded);
        await Send(rig, body);
        var rejected = await WaitForEvents(rig, nameof(OrderRejected));
        rejected["code"]!.GetValue<string>().ShouldBe(code);
        rejected["detail"]!.GetValue<string>().ShouldNotBeEmpty();
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(0);
        (await rig.Failed()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_with_a_used_key_is_rejected()
    {
        await using var rig = await Start(Mode.Embedded);
        await Enveloped(rig, Tea);
        await WaitForEvents(rig, nameof(OrderSubmitted));
        await Enveloped(rig, Tea with { Lines = [new OrderLine("tea-001", 3)] });
        (await WaitForEvents(rig, nameof(OrderRejected)))["code"]!.GetValue<string>().ShouldBe("idempotency-key-reused");
    }

    [Fact]
    public async Task A_non_JSON_body_is_dead_lettered_and_blocks_nothing()
    {
        await using var rig = await Start(Mode.Embedded);
        await Send(rig, "{\"merchant\":");
        await Send(rig, JsonSerializer.Serialize(Tea, JsonSerializerOptions.Web));
        await WaitForEvents(rig, nameof(OrderSubmitted));
        await Eventually.Becomes("the bad message is dead-lettered", rig.Failed, failed => failed.Count == 1);
    }

    [Fact]
    public async Task A_class_sets_the_payment_time_and_must_be_configured()
    {
        await using var rig = await Start(Mode.Embedded, "Orders:TimeToPay:Classes:flash=300");
        await Enveloped(rig, Tea with { Class = "falsh" });
        ((string)(await WaitForEvents(rig, nameof(OrderRejected)))["code"]!).ShouldBe("unknown-class");
        await Enveloped(rig, Tea with { Class = "flash" });
        var order = await rig.Order((Guid)(await WaitForEvents(rig, nameof(OrderSubmitted)))["orderId"]!);
        (order.Class, (int)(order.PayBefore - order.CreatedAt).TotalMinutes).ShouldBe(("flash", 5));
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Unpaid_orders_over_the_bus_are_limited_by_merchant(Mode mode)
    {
        await using var rig = await Start(mode, "Orders:MaxUnpaidOrdersPerMerchant=2");
        var hosted = Tea with { Payment = new PaymentInstruction("hosted") };
        for (var i = 0; i < 5; i++)
            await Enveloped(rig, hosted with { IdempotencyKey = $"bus-{i}" });
        var rejected = await WaitForEvents(rig, nameof(OrderRejected), 3);
        rejected["code"]!.GetValue<string>().ShouldBe("too-many-unpaid-orders");
        (await rig.Db(db => db.Orders.CountAsync())).ShouldBe(2);
        await Enveloped(rig, Tea with { IdempotencyKey = "card" });
        await WaitForEvents(rig, nameof(OrderSubmitted), 3);
    }

    static async Task<Rig> Start(Mode mode, params string[] settings)
    {
        var rig = await Rig.Start(mode, null, settings);
        await rig.Db(db =>
        {
            db.Products.Add(new Product { Sku = "tea-001", Name = "Green tea", UnitPrice = 1250, Currency = "EUR", UpdatedAt = rig.Clock.Now });
            return db.SaveChangesAsync();
        });
        return rig;
    }

    static async Task Send(Rig rig, string body) =>
        await (await Queue(rig)).Send(Tea, new RawMessage(body));

    static async Task Enveloped(Rig rig, SubmitOrder command) => await (await Queue(rig)).Send(command);

    static Task<ISendEndpoint> Queue(Rig rig) => rig.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri("exchange:" + Queues.SubmitOrder));

    /// <summary>The last of this many events.</summary>
    static async Task<JsonNode> WaitForEvents(Rig rig, string message, int count = 1) => (await Eventually.Becomes(
        $"{count} {message}", async () => (await rig.Sent()).FindAll(sent => sent.MessageType == message), sent => sent.Count == count))[^1].Message;
}
