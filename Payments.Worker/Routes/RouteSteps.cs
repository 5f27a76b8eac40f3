using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>Applies <see cref="RouteRule"/> after each call of an authorization.</summary>
sealed class RouteSteps(PaymentRows rows, UnitOfWorkContext work, PaymentsSettings settings, RouteSettings routes, TimeProvider clock)
{
    public bool MayHold => routes.WhileUnknown == WhileUnknown.Hold;

    /// <summary>The effect on the branch; null: that of the gateway's answer, or none without an answer.</summary>
    /// <param name="branch">A branch that is Trying.</param>
    /// <param name="attempt">The authorization, with the result already recorded.</param>
    /// <param name="result">The result of the call.</param>
    /// <param name="isNew">The attempt did not know it before.</param>
    public Outcome? After(PaymentBranch branch, PaymentAttempt attempt, CallResult result, bool isNew)
    {
        if (CertaintyOf(attempt, result, isNew) is not { } certainty)
            return null;
        var other = RouteRule.Other(attempt.Gateway, rows.Authorizations(branch.OrderId).Select(tried => tried.Gateway), routes);
        var facts = new RouteFacts(certainty, StateOf(branch.OrderId, other), branch.CancelRequested, branch.Hosted, branch.Amount);
        return RouteRule.Decide(facts, routes) switch
        {
            RouteStep.Stay => null,
            RouteStep.AwaitOther => Outcome.Nothing,
            RouteStep.Other => GoTo(other!, attempt, certainty),
            RouteStep.OtherLater => GoLater(branch, attempt, other!),
            RouteStep.Decline => PaymentRule.NeverSent(branch),
            var step => throw new InvalidOperationException($"{step} is no step."),
        };
    }

    /// <summary>Null: the gateway has authorized, waits for the customer, or nothing has changed.</summary>
    static Certainty? CertaintyOf(PaymentAttempt attempt, CallResult result, bool isNew) => result switch
    {
        { NeverSent: true } => isNew ? Certainty.NeverSent : null,
        { Answer: null } when attempt.State == AttemptState.Unknown => result.Queued.AskFirst ? Certainty.Unreachable : Certainty.Unknown,
        { Answer: { Result: GatewayResult.Declined } no } when isNew =>
            no.Closed ? Certainty.Closed : no.Soft ? Certainty.SoftDeclined : Certainty.Declined,
        _ => null,
    };

    OtherGateway StateOf(Guid orderId, string? gateway) => gateway is null ? OtherGateway.None
        : rows.Attempt(orderId, Operation.Authorize, gateway) switch
        {
            null => OtherGateway.Untried,
            { IsNeverSent: true } => OtherGateway.NeverSent,
            { State: AttemptState.Declined } => OtherGateway.Declined,
            _ => OtherGateway.Open,
        };

    PaymentStep GoTo(string other, PaymentAttempt attempt, Certainty certainty)
    {
        // What is certain needs no further call; what is not is still asked for.
        if (!attempt.IsOpen)
            attempt.SchedulePoll(null);
        work.AfterCommit(() => PaymentsMetrics.Routed(other, certainty.ToString()));
        return new PaymentStep(
            BranchState.Trying, Call: Operation.Authorize, Gateway: other, Note: $"{attempt.Gateway}: {Describe(certainty)}; {other} is called");
    }

    /// <summary>The gateways take turns, so that the order goes to the first that can be reached.</summary>
    Outcome GoLater(PaymentBranch branch, PaymentAttempt attempt, string other)
    {
        attempt.SchedulePoll(null);
        branch.TryNextAt(other);
        var next = rows.Attempt(branch.OrderId, Operation.Authorize, other)!;
        next.SchedulePoll(clock.GetUtcNow().UtcDateTime + settings.RetryDelay(next.Attempts, branch.OrderId));
        return Outcome.Nothing;
    }

    static string Describe(Certainty certainty) => certainty switch
    {
        Certainty.NeverSent => "the request was never sent",
        Certainty.SoftDeclined => "declined, but another gateway may decide differently",
        Certainty.Closed => "no such authorization, and its key is closed",
        Certainty.Unreachable => "no answer, and none when asked",
        _ => throw new ArgumentOutOfRangeException(nameof(certainty), certainty, null),
    };
}
