using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;
using Orders.Model;

namespace Orders.Api;

/// <summary>A caller's wish to cancel.</summary>
/// <param name="Reason">Kept with the order, up to 200 characters.</param>
public sealed record CancelRequest([property: MinLength(1), MaxLength(FieldRules.MaxReasonLength)] string? Reason);

static class CancelOrderEndpoint
{
    /// <summary>The state machine decides; nearly always within this time.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapCancelOrder(this IEndpointRouteBuilder orders) => orders.MapPost("/{id}/cancel", Cancel)
        .WithName("CancelOrder")
        .WithSummary("Asks for the order's cancellation")
        .WithDescription("202 with the order: it is cancelled, being cancelled, or the request is under way. 409 once its money is being captured.")
        .Produces<OrderView>(StatusCodes.Status202Accepted)
        .RequestExample(new CancelRequest("changed their mind"))
        .ResponseExample(202, Examples.Cancelled)
        .MayFail(400, "invalid-order-id", "The order id is not valid.")
        .MayFail(400, "invalid-reason", "The reason is not valid.")
        .MayFail(404, "order-not-found", "There is no such order.")
        .MayFail(409, "too-late-to-cancel", "It is too late to cancel the order.");

    static async Task<IResult> Cancel(
        [Description("The order id.")] string id, CancelRequest? request, HttpContext http, OrdersDb db, UnitOfWork<OrdersDb> unitOfWork, OrderWatcher watcher,
        OrderSettings settings, TimeProvider clock)
    {
        if (request?.Reason is { } given && !FieldRules.IsReason(given))
            throw new Problem(400, "invalid-reason", "The reason is not valid.", $"Give 1 to {FieldRules.MaxReasonLength} printable characters, or no reason.");

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
    /// The command is quick, and the note in the order's row makes its loss good: the saga takes no money for an order that has it, and assurance has
    /// the order cancelled at the next check. The first reason stays.
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
            work.Audit(order, order.State, nameof(CancelOrder), $"asked for: {reason}");
        }

        await work.Send(Queues.Orders, new CancelOrder(orderId, order.CancelAsked));
    }

    /// <summary>A cancellation can still be decided.</summary>
    static bool Open(OrderState order) => order.State is States.Reserving or States.AwaitingPayment;

    static Problem TooLate(OrderState order) => new(409, "too-late-to-cancel", "It is too late to cancel the order.", order.State switch
    {
        States.NeedsReview when States.Unpaid(order.ReviewFrom) =>
            $"The order is in review. It is cancelled if it is not paid by {WebJson.Text(order.PayBefore)}; before that the operator can cancel it.",
        States.NeedsReview => "The order is in review: ask the operator.",
        States.Completed => "The order is completed: arrange a return.",
        _ => $"The order is {order.State}: its money is being captured. Wait for its end, then arrange a return.",
    });
}
