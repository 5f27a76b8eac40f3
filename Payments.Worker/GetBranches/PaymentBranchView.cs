using OrderSaga.Contracts;

namespace OrderSaga.Payments;

/// <summary>What the payment participant did for an order: how a caller learns it whose messages were lost.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Branch">Always <c>payment</c>.</param>
/// <param name="State">
/// Trying, Pending (the customer has yet to pay), Tried (authorized), Refused, Confirming, CaptureRefused, Confirmed (captured), Cancelling or Cancelled.
/// </param>
/// <param name="Reason">Why the gateway said no.</param>
/// <param name="Amount">What the Try asked for; none when the Cancel came before it.</param>
/// <param name="Authorized">Minor units that the gateway holds now, as far as it has told.</param>
/// <param name="Captured">Minor units that the gateway took.</param>
/// <param name="Refunded">Minor units that the gateway gave back.</param>
/// <param name="Method"><c>card</c> or <c>hosted</c>.</param>
/// <param name="Url">Where the customer of a hosted payment pays.</param>
/// <param name="ExpiresAt">UTC; until when.</param>
/// <param name="CancelRequested">A Cancel has come; in the states Trying, Confirming and Cancelling it waits for the gateway.</param>
/// <param name="Attempts">Its operations at the gateway, oldest first.</param>
/// <param name="CreatedAt">UTC; the first message.</param>
/// <param name="UpdatedAt">UTC; the last change.</param>
sealed record PaymentBranchView(
    Guid OrderId, string Branch, string State, string? Reason, Money? Amount, long Authorized, long Captured, long Refunded, string? Method, string? Url,
    DateTime? ExpiresAt, bool CancelRequested, IReadOnlyList<PaymentAttemptView> Attempts, DateTime CreatedAt, DateTime UpdatedAt)
{
    static readonly DateTime Noon = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
    static readonly Guid ExampleId = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000");

    public static readonly PaymentBranchView Example = new(
        ExampleId, "payment", "Tried", null, new Money(1250, "EUR"), 1250, 0, 0, "card", null, null, false,
        [new("authorize", $"{ExampleId}:payment:authorize", "Succeeded", "auth_0199f0a07c1e7000", 1, null, null, Noon, Noon)], Noon, Noon);

    public static PaymentBranchView Of(PaymentBranch branch, IEnumerable<PaymentAttempt> attempts)
    {
        var all = attempts.OrderBy(attempt => attempt.CreatedAt).ThenBy(attempt => attempt.Operation).ToList();
        long Done(Operation operation) =>
            all.Exists(attempt => attempt.Operation == operation && attempt.State == AttemptState.Succeeded) ? branch.AmountOf(operation) : 0;
        var captured = branch.CapturedAmount ?? (branch.CaptureId is null ? 0 : branch.Amount);
        var tried = branch.Amount > 0;
        return new PaymentBranchView(
            branch.OrderId, "payment", branch.State.ToString(), branch.Reason, tried ? new Money(branch.Amount, branch.Currency) : null,
            captured > 0 || Done(Operation.Void) > 0 ? 0 : Done(Operation.Authorize), captured, Done(Operation.Refund),
            tried ? branch.Method : null, branch.Url, branch.Hosted ? branch.PayBefore : null, branch.CancelRequested,
            all.ConvertAll(PaymentAttemptView.Of), branch.CreatedAt, branch.UpdatedAt);
    }
}

/// <summary>One operation at the gateway.</summary>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c> or <c>refund</c>.</param>
/// <param name="IdempotencyKey">The key that it was asked with.</param>
/// <param name="State">Sent, Unknown (no answer yet), Pending (the customer has yet to pay), Succeeded or Declined.</param>
/// <param name="GatewayId">The gateway's id of it.</param>
/// <param name="Attempts">Calls and questions so far.</param>
/// <param name="Error">Why there is no answer, or why the gateway said no.</param>
/// <param name="NextAttemptAt">UTC; when the gateway is asked again.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
sealed record PaymentAttemptView(
    string Operation, string IdempotencyKey, string State, string? GatewayId, int Attempts, string? Error, DateTime? NextAttemptAt,
    DateTime CreatedAt, DateTime UpdatedAt)
{
    public static PaymentAttemptView Of(PaymentAttempt attempt) => new(
        PaymentAttempt.Name(attempt.Operation), attempt.Key, attempt.State.ToString(), attempt.GatewayId, attempt.Attempts, attempt.Error,
        attempt.NextAttemptAt, attempt.CreatedAt, attempt.UpdatedAt);
}

/// <param name="Items">In the order of the order id; an order that has no branch is not there.</param>
sealed record PaymentBranchList(IReadOnlyList<PaymentBranchView> Items);
