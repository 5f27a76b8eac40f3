using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;
using Orders.Model;

namespace Orders.Api;

/// <summary>A request to cancel an order.</summary>
/// <param name="Reason">Stored with the order, up to 200 characters.</param>
public sealed record CancelRequest([property: MinLength(1), MaxLength(FieldRules.MaxReasonLength)] string? Reason);

static class CancelOrderEndpoint
{
    /// <summary>How long the endpoint waits for the state machine's decision; it is nearly always faster.</summary>
    static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(2);

    public static void MapCancelOrder(this IEndpointRouteBuilder orders) => orders.MapPost("/{id}/cancel", Cancel)
        .WithName("CancelOrder")
        .WithSummary("Cancels the order")
        .WithDescription("202 with the order: it is cancelled, being cancelled, or the request is in progress. "
            + "409 if the capture was requested, or if the order is in review: then the detail says who can cancel it.")
        .Produces<OrderView>(StatusCodes.Status202Accepted)
        .RequestExample(new CancelRequest("changed their mind"))
        .ResponseExample(202, Examples.Cancelled)
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.InvalidReason, ProblemTypes.OrderNotFound, ProblemTypes.TooLateToCancel);

    static async Task<IResult> Cancel(
        [Description("The order id.")] string id, CancelRequest? request, HttpContext http, OrdersDb db, UnitOfWork<OrdersDb> unitOfWork, OrderWatcher watcher,
        OrderSettings settings, TimeProvider clock)
    {
        if (request?.Reason is { } given && !FieldRules.IsReason(given))
            throw new Problem(ProblemTypes.InvalidReason, $"Use 1 to {FieldRules.MaxReasonLength} printable characters, or no reason.");

        var order = await db.FindOwnOrder(http, id);
        if (IsOpen(order))
        {
            var check = clock.GetUtcNow().UtcDateTime.AddSeconds(settings.FirstRetryDelaySeconds);
            await unitOfWork.Run(work => RequestCancellation(work, order.CorrelationId, request?.Reason ?? "cancelled by the merchant", check));
            order = await watcher.WaitUntil(order.CorrelationId, now => !IsOpen(now), WaitLimit, http);
        }

        return IsOpen(order) || order.State is OrderStates.Cancelling or OrderStates.Cancelled
            ? OrderResults.Order(order, StatusCodes.Status202Accepted)
            : throw TooLate(order);
    }

    /// <summary>
    /// Sends the command and records the request in the order's row, in case the command is lost: with that record the saga takes no money,
    /// and recovery cancels the order at its next check. The first reason stays.
    /// </summary>
    static async Task RequestCancellation(UnitOfWorkContext work, Guid orderId, string reason, DateTime check)
    {
        var order = (await work.Lock<OrderState, Guid>([orderId])).Single();
        if (!IsOpen(order))
            return;
        if (order.CancellationRequested is null)
        {
            order.CancellationRequested = reason;
            order.NextRetryAt = order.NextRetryAt < check ? order.NextRetryAt : check;
            work.Audit(order, order.State, nameof(CancelOrder), OrderAudit.RequestedByMerchant);
        }

        await work.Send(order.QueueOf(Queues.Orders), new CancelOrder(orderId, order.CancellationRequested));
    }

    /// <summary>True while the order can still be cancelled.</summary>
    static bool IsOpen(OrderState order) => OrderLifecycle.Of(order.State).IsUnpaid;

    static Problem TooLate(OrderState order) => new(ProblemTypes.TooLateToCancel, order.State switch
    {
        OrderStates.NeedsReview when OrderLifecycle.Of(order.ReviewFrom).IsUnpaid =>
            $"The order is in review. It is cancelled if it is not paid by {WebJson.Text(order.PayBefore)}; the operator can cancel it earlier.",
        OrderStates.NeedsReview => "The order is in review: ask the operator.",
        OrderStates.Completed => "The order is completed: arrange a return.",
        _ => $"The order is {order.State}: its payment is being captured. Wait until it is completed, then arrange a return.",
    });
}
