using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Webhooks;

/// <summary>Lists an endpoint's deliveries and resends them.</summary>
static class DeliveryLog
{
    static readonly string[] States = [DeliveryStates.Pending, DeliveryStates.Delivered, DeliveryStates.GivenUp, DeliveryStates.Missed];

    public static void MapDeliveryLog(this IEndpointRouteBuilder endpoints)
    {
        MerchantEndpoints.ProducesNotFound(endpoints.MapGet("/{id}/deliveries", List)).WithName("ListWebhookDeliveries")
            .WithSummary("The endpoint's deliveries (sent, pending, given up or missed), newest first").LimitRate(QueryCost.Page)
            .Produces<Page<DeliveryView>>().ResponseExample(200, new Page<DeliveryView>([DeliveryView.Example], "NDI"));
        MerchantEndpoints.ProducesNotFound(endpoints.MapPost("/{id}/deliveries/{deliveryId}/resend", Resend)).WithName("ResendWebhookDelivery")
            .WithSummary("Sends an event again under the same webhook-id, with the full retry schedule").LimitRate()
            .Produces<DeliveryView>(StatusCodes.Status202Accepted).ResponseExample(202, DeliveryView.Example)
            .ProducesProblem(ProblemTypes.DeliveryNotFound, ProblemTypes.EndpointDisabled);
    }

    static async Task<Page<DeliveryView>> List(
        [Description("The endpoint id.")] string id,
        [FromQuery, Description("Only deliveries in this state: Pending, Delivered, GivenUp or Missed.")] string? status,
        [AsParameters] Paging paging,
        HttpContext http,
        OrdersDb db)
    {
        var endpoint = await MerchantEndpoints.FindOwnEndpoint(db, http, id);
        var rows = db.WebhookDeliveries.AsNoTracking().Where(row => row.EndpointId == endpoint.Id);
        if (Query.OneOf("status", status, States) is { } state)
            rows = rows.Where(row => row.State == state);
        var list = $"deliveries {endpoint.Id}";
        if (paging.After(list, EventId) is [var before])
            rows = rows.Where(row => row.EventId < before);
        var newest = rows.OrderByDescending(row => row.EventId);
        return await paging.Read(list, newest, DeliveryView.Of, row => row.EventId, http.RequestAborted);
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
            work.Audit(WebhookAudit.Subject, endpoint.Id.ToString(), endpoint.State, endpoint.State, "ResendWebhookDelivery", $"delivery {delivery.Id}");
            return DeliveryView.Of(delivery);
        });
        return Results.Accepted(null, view);
    }

    static long[]? EventId(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? [id] : null;
}
