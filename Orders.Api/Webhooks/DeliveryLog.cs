using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;

namespace Orders.Api.Webhooks;

/// <summary>Lists an endpoint's deliveries and resends them.</summary>
static class DeliveryLog
{
    public static void MapDeliveryLog(this IEndpointRouteBuilder endpoints)
    {
        MerchantEndpoints.ProducesNotFound(endpoints.MapGet("/{id}/deliveries", List)).WithName("ListWebhookDeliveries")
            .WithSummary("The endpoint's deliveries (sent, pending, given up or missed), newest first")
            .Produces<Page<DeliveryView>>().ResponseExample(200, new Page<DeliveryView>([DeliveryView.Example], "NDI"))
            .ProducesProblem(ProblemTypes.InvalidCursor);
        MerchantEndpoints.ProducesNotFound(endpoints.MapPost("/{id}/deliveries/{deliveryId}/resend", Resend)).WithName("ResendWebhookDelivery")
            .WithSummary("Sends an event again under the same webhook-id, with the full retry schedule")
            .Produces<DeliveryView>(StatusCodes.Status202Accepted).ResponseExample(202, DeliveryView.Example)
            .ProducesProblem(ProblemTypes.DeliveryNotFound, ProblemTypes.EndpointDisabled);
    }

    static async Task<Page<DeliveryView>> List(
        [Description("The endpoint id.")] string id,
        [FromQuery, Description("Only deliveries in this state: Pending, Delivered, GivenUp or Missed.")] string? status,
        [FromQuery, Description("nextCursor of the previous page.")] string? cursor,
        [FromQuery, Description("Deliveries per page: 1 to 100, default 50.")] string? limit,
        HttpContext http,
        OrdersDb db)
    {
        var max = Query.Limit(limit);
        var endpoint = await MerchantEndpoints.FindOwnEndpoint(db, http, id);
        var rows = db.WebhookDeliveries.AsNoTracking().Where(row => row.EndpointId == endpoint.Id);
        if (status is not null)
        {
            if (status is not (DeliveryStates.Pending or DeliveryStates.Delivered or DeliveryStates.GivenUp or DeliveryStates.Missed))
                throw Query.Invalid("status", "Use Pending, Delivered, GivenUp or Missed.");
            rows = rows.Where(row => row.State == status);
        }

        var list = $"deliveries {endpoint.Id}";
        if (Query.Cursor(list, cursor, Place) is [var before])
            rows = rows.Where(row => row.EventId < before);
        var read = await rows.OrderByDescending(row => row.EventId).Take(max + 1).ToListAsync(http.RequestAborted);
        return Page<DeliveryView>.Of(read, max, DeliveryView.Of, row => Query.Cursor(list, row.EventId.ToString(CultureInfo.InvariantCulture)));
    }

    static async Task<IResult> Resend(
        [Description("The endpoint id.")] string id, [Description("The delivery id.")] string deliveryId, HttpContext http, OrdersDb db,
        UnitOfWork<OrdersDb> unitOfWork, TimeProvider clock)
    {
        var endpoint = await MerchantEndpoints.FindOwnEndpoint(db, http, id);
        if (endpoint.State == EndpointStates.Disabled)
            throw new Problem(ProblemTypes.EndpointDisabled,
                $"Enable it first with POST /webhook-endpoints/{id}/enable, then resend.");
        var view = await unitOfWork.Run(async work =>
        {
            var delivery = Guid.TryParseExact(deliveryId, "D", out var requested) ? (await work.Lock<WebhookDelivery, Guid>([requested]))
                .SingleOrDefault() : null;
            if (delivery?.EndpointId != endpoint.Id)
                throw new Problem(ProblemTypes.DeliveryNotFound, "Check the id; GET /webhook-endpoints/{id}/deliveries lists them.");
            // A new lease: the result of an attempt in progress is ignored.
            (delivery.State, delivery.Attempts, delivery.Lease) = (DeliveryStates.Pending, 0, Guid.CreateVersion7(clock.GetUtcNow()));
            delivery.NextAttemptAt = clock.GetUtcNow().UtcDateTime;
            return DeliveryView.Of(delivery);
        });
        return Results.Accepted(null, view);
    }

    static long[]? Place(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? [id] : null;
}
