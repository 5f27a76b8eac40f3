using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

/// <summary>State of an order's payment branch, for callers whose messages were lost.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Branch">Always <c>payment</c>.</param>
/// <param name="State">
/// Trying, Pending (the customer has not paid yet), Tried (authorized), Refused, Confirming, CaptureRefused, Confirmed (captured),
/// Cancelling or Cancelled.
/// </param>
/// <param name="Reason">Why the Try or the Confirm was refused.</param>
/// <param name="Amount">Amount of the Try; absent if the Cancel came first.</param>
/// <param name="Authorized">Minor units that the gateway holds now, as far as known.</param>
/// <param name="Captured">Captured minor units.</param>
/// <param name="Refunded">Refunded minor units.</param>
/// <param name="Method"><c>card</c> or <c>hosted</c>.</param>
/// <param name="Url">Hosted payment page.</param>
/// <param name="ExpiresAt">UTC; when the page closes.</param>
/// <param name="Gateway">The gateway that holds the authorization; in Trying, the one that was called last.</param>
/// <param name="CancelRequested">A Cancel has arrived; in Trying, Confirming and Cancelling it waits for the gateway.</param>
/// <param name="Attempts">Its gateway operations, oldest first.</param>
/// <param name="CreatedAt">UTC; time of the first message.</param>
/// <param name="UpdatedAt">UTC; time of the last change.</param>
sealed record PaymentBranchView(
    Guid OrderId, string Branch, string State, string? Reason, Money? Amount, long Authorized, long Captured, long Refunded, string? Method, string? Url,
    DateTime? ExpiresAt, string Gateway, bool CancelRequested, IReadOnlyList<PaymentAttemptView> Attempts, DateTime CreatedAt, DateTime UpdatedAt)
{
    static readonly DateTime ExampleTime = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
    static readonly Guid ExampleId = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000");

    public static readonly PaymentBranchView Example = new(
        ExampleId, "payment", "Tried", null, new Money(1250, "EUR"), 1250, 0, 0, "card", null, null, "main", false,
        [new("authorize", $"{ExampleId}:payment:authorize", "main", "Succeeded", "auth_0199f0a07c1e7000", 1, null, null, ExampleTime, ExampleTime)],
        ExampleTime, ExampleTime);

    public static async Task<IEnumerable<PaymentBranchView>> Of(PaymentsDb db, List<PaymentBranch> branches, CancellationToken cancel)
    {
        var ids = branches.ConvertAll(branch => branch.OrderId);
        var attempts = await db.Attempts.AsNoTracking().Where(row => ids.Contains(row.OrderId)).ToListAsync(cancel);
        var byOrder = attempts.ToLookup(attempt => attempt.OrderId);
        return branches.Select(branch => Of(branch, byOrder[branch.OrderId]));
    }

    static PaymentBranchView Of(PaymentBranch branch, IEnumerable<PaymentAttempt> attempts)
    {
        var all = attempts.OrderBy(attempt => attempt.CreatedAt).ThenBy(attempt => attempt.Operation).ToList();
        long Done(Operation operation) =>
            all.Exists(attempt => attempt.Operation == operation && attempt.Gateway == branch.Gateway && attempt.State == AttemptState.Succeeded)
                ? branch.AmountOf(operation) : 0;
        var captured = branch.CapturedAmount ?? (branch.CaptureId is null ? 0 : branch.Amount);
        var tried = branch.Amount > 0;
        return new PaymentBranchView(
            branch.OrderId, "payment", branch.State.ToString(), branch.Reason, tried ? new Money(branch.Amount, branch.Currency) : null,
            captured > 0 || Done(Operation.Void) > 0 ? 0 : Done(Operation.Authorize), captured, Done(Operation.Refund),
            tried ? branch.Method : null, branch.Url, branch.Hosted ? branch.PayBefore : null, branch.Gateway, branch.CancelRequested,
            all.ConvertAll(PaymentAttemptView.Of), branch.CreatedAt, branch.UpdatedAt);
    }
}

/// <summary>One gateway operation.</summary>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c> or <c>refund</c>.</param>
/// <param name="IdempotencyKey">The key of the request.</param>
/// <param name="Gateway">The name of the gateway.</param>
/// <param name="State">
/// Sent, Unknown (no answer yet), NotSent (the gateway was not reached), Pending (the customer has not paid yet), Succeeded or Declined.
/// </param>
/// <param name="GatewayId">The gateway's id of the operation.</param>
/// <param name="Attempts">How often a process took it for a call or a query.</param>
/// <param name="Error">Why there is no answer, or why the gateway declined.</param>
/// <param name="NextAttemptAt">UTC; time of the next call or query.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
sealed record PaymentAttemptView(
    string Operation, string IdempotencyKey, string Gateway, string State, string? GatewayId, int Attempts, string? Error, DateTime? NextAttemptAt,
    DateTime CreatedAt, DateTime UpdatedAt)
{
    public static PaymentAttemptView Of(PaymentAttempt attempt) => new(
        PaymentAttempt.Name(attempt.Operation), attempt.Key, attempt.Gateway, attempt.State.ToString(), attempt.GatewayId, attempt.Attempts, attempt.Error,
        attempt.NextAttemptAt, attempt.CreatedAt, attempt.UpdatedAt);
}
