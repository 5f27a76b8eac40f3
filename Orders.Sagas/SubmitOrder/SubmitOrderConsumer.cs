using MassTransit;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Rabbit;

namespace Orders.Sagas;

/// <summary>
/// Places an order that arrives over the bus, with the rules of POST /orders. Publishes OrderSubmitted or OrderRejected, and also sends it
/// as a response if the sender requested one.
/// </summary>
public sealed class SubmitOrderConsumer(UnitOfWorkContext work, OrdersDb db, Placements placements, Senders senders, BusSettings settings)
    : IConsumer<JsonBody>
{
    static readonly string[] ResponseSchemes = ["rabbitmq", "rabbitmqs", "amqp", "amqps", "loopback"];

    public async Task Consume(ConsumeContext<JsonBody> context)
    {
        var sender = OrderSender.Of(senders.Of(context.ReceiveContext), settings);
        var result = await Place(context.Message, sender);
        await (result is Refused refused ? Reject(context, sender, refused.Problem) : Accept(context, sender, (Placed)result));
    }

    async Task<PlacementResult> Place(JsonBody body, OrderSender sender)
    {
        if (SubmitOrderReader.Request(body, out var problem, Actor.OfBroker(sender.User)) is not { } request)
            return new Refused(problem!);
        if (sender.Refusal(request.Merchant) is { } forbidden)
            return new Refused(forbidden);
        await placements.Place(work, [request]);
        return request.Result();
    }

    async Task Reject(ConsumeContext<JsonBody> context, OrderSender sender, Problem refusal)
    {
        var (merchant, key) = SubmitOrderReader.MerchantAndKey(context.Message);
        var rejected = new OrderRejected(sender.MerchantForRejection(merchant), key, refusal.Type.Name, Describe(refusal));
        await work.Publish(rejected);
        await Respond(context, sender, rejected);
    }

    async Task Accept(ConsumeContext context, OrderSender sender, Placed placed)
    {
        if (!placed.Replayed && !ExpectsResponse(context, sender))
            return;
        var order = await db.Orders.FindAsync([placed.OrderId], context.CancellationToken)
            ?? throw new InvalidOperationException($"The idempotency key refers to order {placed.OrderId}, which does not exist.");
        var submitted = Placements.Submitted(order);
        // The first OrderSubmitted may have been lost, so it is published again.
        if (placed.Replayed)
            await work.Publish(submitted);
        await Respond(context, sender, submitted);
    }

    static Task Respond<T>(ConsumeContext context, OrderSender sender, T answer) where T : class =>
        ExpectsResponse(context, sender) ? context.RespondAsync(answer) : Task.CompletedTask;

    static bool ExpectsResponse(ConsumeContext context, OrderSender sender) =>
        context is { RequestId: not null, ResponseAddress: { IsAbsoluteUri: true, Scheme: var scheme } address }
        && ResponseSchemes.Contains(scheme) && sender.OwnsReplyAddress(address);

    static string Describe(Problem refusal) =>
        refusal.Errors.Count == 0 ? refusal.Detail : string.Join(" ", refusal.Errors.Select(error => $"{error.Pointer}: {error.Detail}"));
}

/// <summary>Loads the idempotency records, prices and switches of a whole batch.</summary>
public sealed class SubmitOrderPreload(Placements placements) : IPreload
{
    public Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries) => placements.Load(work, [.. deliveries.SelectMany(Request)]);

    static IEnumerable<PlacementRequest> Request(ConsumeContext delivery) =>
        delivery.TryGetMessage<JsonBody>(out var body) && SubmitOrderReader.Request(body.Message, out _) is { } request ? [request] : [];
}
