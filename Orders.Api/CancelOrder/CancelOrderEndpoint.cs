using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;
using Orders.Model;

namespace Orders.Api;

/// <summary>A request to cancel an order.</summary>
/// <param name="Reason">Stored with the order, up to 200 characters.</param>
public sealed record CancelRequest([property: MinLength(1), MaxLength(FieldRules.MaxReasonLength)] string? Reason);

static class CancelOrderEndpoint
{
    /// <summary>How long the endpoint waits for the state machine's decision; it is nearly always faster.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapCancelOrder(this IEndpointRouteBuilder orders) => orders.MapPost("/{id}/cancel", Cancel)
        .WithName("CancelOrder")
        .WithSummary("Cancels the order")
        .WithDescription("202 with the order: it is cancelled, being cancelled, or the request is in progress. 409 once the capture was requested.")
        .Produces<OrderView>(StatusCodes.Status202Accepted)
        .RequestExample(new CancelRequest("changed their mind"))
        .ResponseExample(202, Examples.Cancelled)
        .MayFail(400, "invalid-order-id", "The order id is invalid.")
        .MayFail(400, "invalid-reason", "The reason is invalid.")
        .MayFail(404, "order-not-found", "Order not found.")
        .MayFail(409, "too-late-to-cancel", "It is too late to cancel the order.");

    static async Task<IResult> Cancel(
        [Description("The order id.")] string id, CancelRequest? request, HttpContext http, OrdersDb db, UnitOfWork<OrdersDb> unitOfWork, OrderWatcher watcher,
        OrderSettings settings, TimeProvider clock)
    {
        if (request?.Reason is { } given && !FieldRules.IsReason(given))
            throw new Problem(400, "invalid-reason", "The reason is invalid.", $"Use 1 to {FieldRules.MaxReasonLength} printable characters, or no reason.");

        var order = await db.Own(http, id);
        if (Open(order))
        {
            var check = clock.GetUtcNow().UtcDateTime.AddSeconds(settings.FirstCheckSeconds);
            await unitOfWork.Run(work => Ask(work, order.CorrelationId, request?.Reason ?? "cancelled by the merchant", check));
            order = await watcher.Until(order.CorrelationId, now => !Open(now), Patience, http.RequestAborted);
        }

        return Open(order) || order.State is States.Cancelling or States.Cancelled
            ? Answers.Order(order, StatusCodes.Status202Accepted)
            : throw TooLate(order);
    }

    /// <summary>
    /// Sends the command and records the request in the order's row, in case the command is lost: with that record the saga takes no money,
    /// and recovery cancels the order at its next check. The first reason stays.
    /// </summary>
    static async Task Ask(Work work, Guid orderId, string reason, DateTime check)
    {
        var order = (await work.Lock<OrderState, Guid>([orderId])).Single();
        if (!Open(order))
            return;
        if (order.CancelAsked is null)
        {
            order.CancelAsked = reason;
            order.NextCheckAt = order.NextCheckAt < check ? order.NextCheckAt : check;
            work.Audit(order, order.State, nameof(CancelOrder), $"requested: {reason}");
        }

        await work.Send(Queues.Orders, new CancelOrder(orderId, order.CancelAsked));
    }

    /// <summary>True while the order can still be cancelled.</summary>
    static bool Open(OrderState order) => order.State is States.Reserving or States.AwaitingPayment;

    static Problem TooLate(OrderState order) => new(409, "too-late-to-cancel", "It is too late to cancel the order.", order.State switch
    {
        States.NeedsReview when States.Unpaid(order.ReviewFrom) =>
            $"The order is in review. It is cancelled if it is not paid by {WebJson.Text(order.PayBefore)}; the operator can cancel it earlier.",
        States.NeedsReview => "The order is in review: ask the operator.",
        States.Completed => "The order is completed: arrange a return.",
        _ => $"The order is {order.State}: its payment is being captured. Wait until it is completed, then arrange a return.",
    });
}
