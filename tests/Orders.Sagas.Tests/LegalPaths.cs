using OrderSaga.Platform.Database;

namespace Orders.Sagas.Tests;

/// <summary>The legal transitions of an order, written again by hand: an audit trail that leaves them is wrong.</summary>
static class LegalPaths
{
    static readonly Dictionary<string, string[]> Ways = new()
    {
        [""] = [OrderStates.Reserving],
        [OrderStates.Reserving] = [OrderStates.AwaitingPayment, OrderStates.Cancelling, OrderStates.Cancelled, OrderStates.NeedsReview],
        [OrderStates.AwaitingPayment] = [OrderStates.ConfirmingPayment, OrderStates.Cancelling, OrderStates.NeedsReview],
        [OrderStates.ConfirmingPayment] = [OrderStates.ConfirmingStock, OrderStates.Cancelling, OrderStates.NeedsReview],
        [OrderStates.ConfirmingStock] = [OrderStates.Completed, OrderStates.NeedsReview],
        [OrderStates.Cancelling] = [OrderStates.Cancelled, OrderStates.NeedsReview],
        [OrderStates.NeedsReview] = [OrderStates.Reserving, OrderStates.AwaitingPayment, OrderStates.ConfirmingPayment,
            OrderStates.ConfirmingStock, OrderStates.Cancelling],
        [OrderStates.Completed] = [],
        [OrderStates.Cancelled] = [],
    };

    /// <summary>From the initial to the current state, without a gap.</summary>
    public static void ShouldLeadTo(this IReadOnlyList<AuditRow> trail, string state, string from = "")
    {
        var at = from;
        foreach (var row in trail)
        {
            var received = string.Join(", ", trail.Select(step => $"{step.From}->{step.To} ({step.Cause})"));
            row.From.ShouldBe(at, $"a gap in: {received}");
            if (row.From != row.To)
                Ways[at].ShouldContain(row.To, $"an illegal transition in: {received}");
            at = row.To;
        }

        at.ShouldBe(state);
    }
}
