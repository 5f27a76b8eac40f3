using OrderSaga.Platform.Database;

namespace Orders.Sagas.Tests;

/// <summary>The legal transitions of an order, written again by hand: an audit trail that leaves them is wrong.</summary>
static class LegalPaths
{
    static readonly Dictionary<string, string[]> Ways = new()
    {
        [""] = [States.Reserving],
        [States.Reserving] = [States.AwaitingPayment, States.Cancelling, States.Cancelled, States.NeedsReview],
        [States.AwaitingPayment] = [States.ConfirmingPayment, States.Cancelling, States.NeedsReview],
        [States.ConfirmingPayment] = [States.ConfirmingStock, States.Cancelling, States.NeedsReview],
        [States.ConfirmingStock] = [States.Completed, States.NeedsReview],
        [States.Cancelling] = [States.Cancelled, States.NeedsReview],
        [States.NeedsReview] = [States.Reserving, States.AwaitingPayment, States.ConfirmingPayment, States.ConfirmingStock, States.Cancelling],
        [States.Completed] = [],
        [States.Cancelled] = [],
    };

    /// <summary>From the initial to the current state, without a gap.</summary>
    public static void ShouldLeadTo(this IReadOnlyList<AuditRow> trail, string state, string from = "")
    {
        var at = from;
        foreach (var row in trail)
        {
            var told = string.Join(", ", trail.Select(step => $"{step.From}->{step.To} ({step.Cause})"));
            row.From.ShouldBe(at, $"a gap in: {told}");
            if (row.From != row.To)
                Ways[at].ShouldContain(row.To, $"an illegal transition in: {told}");
            at = row.To;
        }

        at.ShouldBe(state);
    }
}
