using MassTransit;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;

namespace Orders.Sagas;

/// <summary>Placement for callers on the bus: the rules of POST /orders, the answers as events.</summary>
public sealed class SubmitOrderConsumer(Work work, OrdersDb db, Placements placements) : IConsumer<SubmitOrder>
{
    public async Task Consume(ConsumeContext<SubmitOrder> context)
    {
        var message = context.Message;
        try
        {
            var request = Request(message);
            await placements.Place(work, [request]);
            var placed = request.Outcome();
            // The first answer may have been lost, so it is given again.
            if (placed.Replayed && await db.Orders.FindAsync([placed.OrderId], context.CancellationToken) is { } order)
                await context.Publish(Placements.Submitted(order));
        }
        catch (Problem refusal)
        {
            await context.Publish(new OrderRejected(message.Merchant ?? "", message.IdempotencyKey ?? "", refusal.Name, Words(refusal)));
        }
    }

    internal static PlacementRequest Request(SubmitOrder message) => new(message.Merchant, message.IdempotencyKey, OrderRequest.Of(message));

    static string Words(Problem refusal) =>
        refusal.Errors.Count == 0 ? refusal.Detail : string.Join(" ", refusal.Errors.Select(error => $"{error.Pointer}: {error.Detail}"));
}

/// <summary>The keys and prices of a whole batch, in two statements.</summary>
public sealed class SubmitOrderPreload(Placements placements) : IPreload
{
    public Task Load(Work work, IReadOnlyList<ConsumeContext> deliveries) => placements.Load(work, [.. deliveries.SelectMany(Request)]);

    static IEnumerable<PlacementRequest> Request(ConsumeContext delivery)
    {
        if (!delivery.TryGetMessage<SubmitOrder>(out var submit))
            return [];
        try
        {
            return [SubmitOrderConsumer.Request(submit.Message)];
        }
        catch (Problem)
        {
            // Refused by its consumer, with the reason.
            return [];
        }
    }
}
