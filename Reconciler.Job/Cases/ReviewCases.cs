using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>The cases of orders in review: one per order, from its detection until the order is final.</summary>
sealed class ReviewCases(
    ReadOnlyContext<OrdersDb> orders, UnitOfWork<ReconcilerDb> unitOfWork, CaseService cases, TimeProvider clock)
{
    /// <summary>A decision that has not reached its order within this time is lost.</summary>
    static readonly TimeSpan DecisionTimeout = TimeSpan.FromMinutes(1);

    const string By = "recovery";
    const string Rule = "Every order reaches a final state without an operator.";

    /// <summary>
    /// Opens missing cases and reopens those whose decision did not help. If two processes open the same case, the second insert conflicts
    /// at the key and its retry finds the case.
    /// </summary>
    public Task Open(IReadOnlyList<OrderState> inReview, BranchStatus stock, BranchStatus payment) => unitOfWork.Run(async work =>
    {
        var ids = inReview.Select(order => (Guid?)order.CorrelationId).ToList();
        var known = await ((ReconcilerDb)work.Db).Cases
            .Where(row => row.Class == Classes.OrderNeedsReview && row.OpenKey != null && ids.Contains(row.OrderId)).ToListAsync();
        foreach (var order in inReview)
        {
            var reason = DescribeAttempts(order, payment.Of(order.CorrelationId));
            if (known.Find(row => row.OrderId == order.CorrelationId) is not { } row)
                cases.Open(work, Finding(order, Evidence(order, stock, payment)), reason, By);
            else if (row.Status == CaseStatus.InProgress && DecisionFailed(row, order))
                cases.Reopen(work, row, By, reason);
        }
    });

    /// <summary>The order is still in review, or again.</summary>
    bool DecisionFailed(CaseRow row, OrderState order) =>
        order.UpdatedAt > row.UpdatedAt || clock.GetUtcNow().UtcDateTime - row.UpdatedAt > DecisionTimeout;

    /// <summary>A decision has helped when the order is final, not when it was sent.</summary>
    public async Task Close(CancellationToken cancel)
    {
        await foreach (var page in cases.ReadOpen([Classes.OrderNeedsReview], cancel))
        {
            var ids = page.ConvertAll(open => open.OrderId!.Value);
            var states = await orders.Query(db => db.Orders.Where(order => ids.Contains(order.CorrelationId))
                .ToDictionaryAsync(order => order.CorrelationId, order => order.State, cancel));
            foreach (var open in page)
                if (states.GetValueOrDefault(open.OrderId!.Value) is { } state && OrderLifecycle.Of(state).IsFinal)
                    await cases.Resolve(open.Id, By, $"the order is {state}");
        }
    }

    static Finding Finding(OrderState order, string evidence) => new(
        Classes.OrderNeedsReview, Severe(order), order.CorrelationId, order.ReviewFrom, Rule, evidence, Remedy.Case, order.Total, order.Currency);

    static Severity Severe(OrderState order) => order.PaymentTried && !OrderLifecycle.Of(order.ReviewFrom).IsUnpaid ? Severity.High : Severity.Medium;

    /// <summary>Includes the gateway's own error text if its answer is missing: it names the amounts.</summary>
    static string DescribeAttempts(OrderState order, BranchView? payment)
    {
        var unanswered = (payment?.Attempts ?? []).Where(attempt => attempt.Error is not null && attempt.State != AttemptStates.Succeeded)
            .Select(attempt => $"; {attempt.Operation} {attempt.State}: {attempt.Error}");
        return Text.Clean($"{StalledOrder.Of(order).Commands} was repeated {order.RetryCount} times without an answer{string.Concat(unanswered)}", 500)!;
    }

    static string Evidence(OrderState order, BranchStatus stock, BranchStatus payment) => JsonSerializer.Serialize(
        new
        {
            order = new
            {
                order.State, order.ReviewFrom, order.RetryCount, Reason = order.AuditedReason, order.StockReleased, order.PaymentReleased, order.UpdatedAt,
            },
            stock = DescribeBranch(stock, order.CorrelationId),
            payment = DescribeBranch(payment, order.CorrelationId),
        }, WebJson.Options);

    static object DescribeBranch(BranchStatus status, Guid order) =>
        status.UnavailableReason ?? (object?)status.Of(order) ?? "it has no branch of the order";
}
