using System.Diagnostics;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>The steps of an attempt: committed before its call, queued after the commit, settled by the gateway's answer.</summary>
sealed class AttemptSteps(
    PaymentRows rows, UnitOfWorkContext work, CallQueue queue, PaymentsSettings settings, RouteSettings routes, TimeProvider clock,
    ILogger<AttemptSteps> log)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Creates an attempt at the gateway, sends the one that was never sent, or reopens the one that was declined or found nothing to void.
    /// </summary>
    public void Begin(PaymentBranch branch, Operation operation, string gateway, string cause)
    {
        if (rows.Attempt(branch.OrderId, operation, gateway) is { } existing)
        {
            if (existing.IsNeverSent)
                QueueCall(branch, existing);
            else
                Reopen(branch, existing, cause);
            return;
        }

        var route = rows.Authorizations(branch.OrderId).FirstOrDefault(other => other.Gateway == gateway)?.Route
            ?? (operation == Operation.Authorize ? rows.Authorizations(branch.OrderId).Count() + 1 : 1);
        var attempt = new PaymentAttempt
        {
            Key = PaymentAttempt.KeyOf(branch.OrderId, operation, route),
            OrderId = branch.OrderId,
            Operation = operation,
            Gateway = gateway,
            Route = route,
            TraceParent = Activity.Current?.Id,
            ClosesAt = operation == Operation.Authorize && branch.Hosted ? branch.PayBefore : null,
            CreatedAt = Now,
        };
        rows.Add(attempt);
        Audit(attempt, "", cause);
        Queue(branch, attempt, askFirst: false, poll: false);
    }

    /// <summary>Opens the attempt again, and asks the gateway after the commit: it may have a new answer.</summary>
    public void Reopen(PaymentBranch branch, PaymentAttempt attempt, string cause, bool poll = false)
    {
        var from = attempt.State.ToString();
        attempt.Reopen(Now, Now);
        if (from != attempt.State.ToString())
            Audit(attempt, from, cause);
        Queue(branch, attempt, askFirst: true, poll);
    }

    /// <summary>Queues the next call of an attempt: if it may have been sent, the gateway is asked first.</summary>
    public void QueueCall(PaymentBranch branch, PaymentAttempt attempt, bool poll = false) => Queue(branch, attempt, !attempt.IsNeverSent, poll);

    /// <summary>Leases the attempt and queues its call after the commit. If this process does not make it in time, a sweeper queues it again.</summary>
    void Queue(PaymentBranch branch, PaymentAttempt attempt, bool askFirst, bool poll)
    {
        var now = clock.GetUtcNow();
        attempt.TakeLease(Guid.CreateVersion7(now), (now + settings.Lease).UtcDateTime);
        var queued = new QueuedCall(
            CallOf(branch, attempt), attempt.Lease, askFirst, MaySend(branch, attempt), IsDispensable(branch, attempt),
            settings.SendBefore(attempt.Operation, branch.PayBefore), attempt.State == AttemptState.Pending ? attempt.GatewayId : null, poll, branch.Lane,
            branch.Merchant, attempt.TraceParent, clock.GetTimestamp());
        work.AfterCommit(() => queue.Add(queued));
    }

    /// <summary>Records the result of a call; returns true if the branch must react to it.</summary>
    public bool RecordResult(PaymentAttempt attempt, CallResult result)
    {
        var from = attempt.State;
        var isNew = result switch
        {
            { Answer: { } answer } => Settle(attempt, answer, result.Queued),
            { NeverSent: true } => RecordNotSent(attempt, result),
            _ => RecordNoAnswer(attempt, result),
        };
        if (from != attempt.State)
            Audit(attempt, from.ToString(), result.Queued.AskFirst ? "gateway asked" : "gateway called");
        return isNew;
    }

    /// <summary>The first certain answer stands. Only a success replaces an earlier decline: then the money exists after all.</summary>
    bool Settle(PaymentAttempt attempt, GatewayAnswer answer, QueuedCall queued)
    {
        var known = attempt.State;
        switch (answer.Result)
        {
            case GatewayResult.Pending when attempt.IsOpen:
                attempt.AwaitCustomer(answer.Id, settings.NextPendingPollAt(queued.Call.PayBefore, attempt.CreatedAt, Now), Now);
                return known != AttemptState.Pending;
            case GatewayResult.Succeeded when known != AttemptState.Succeeded:
                attempt.Settle(AttemptState.Succeeded, answer, Now);
                return true;
            case GatewayResult.Declined or GatewayResult.Captured when attempt.IsOpen:
                attempt.Settle(AttemptState.Declined, answer, Now);
                attempt.SchedulePoll(NextPollAt(attempt, queued, answer, answer.Unseen));
                return true;
            case GatewayResult.Declined or GatewayResult.Pending when attempt.State == AttemptState.Declined && attempt.NextAttemptAt is not null:
                attempt.SchedulePoll(NextPollAt(attempt, queued, answer, answer.Unseen || answer.Result == GatewayResult.Pending));
                return false;
            default:
                log.LogInformation("Ignored the gateway's {Result} for {Key}: the attempt is already {State}", answer.Result, attempt.Key, known);
                return false;
        }
    }

    /// <summary>
    /// A customer may still pay after the decline, and a request that the gateway has not seen may still arrive there, unless its key is closed.
    /// If another gateway took the authorization, the time to pay may not be over yet.
    /// </summary>
    DateTime? NextPollAt(PaymentAttempt attempt, QueuedCall queued, GatewayAnswer? answer, bool unseen)
    {
        if (queued.Call is not { Operation: Operation.Authorize } call || answer?.Closed == true || !(unseen || call.PayBefore is not null))
            return null;
        var since = queued.SendBefore ?? Now;
        return settings.NextDeclinedPollAt(unseen && since > Now ? attempt.CreatedAt : since, Now);
    }

    /// <summary>Ignores the result if the lease was lost: then it is not certain any more.</summary>
    bool RecordNotSent(PaymentAttempt attempt, CallResult result)
    {
        if (attempt.Lease != result.Queued.Lease || !attempt.IsOpen)
            return false;
        attempt.RecordNotSent(result.Error ?? "not sent", Now + settings.RetryDelay(attempt.Attempts, attempt.OrderId), Now);
        log.LogWarning("{Key} was not sent to {Gateway}: {Error}", attempt.Key, attempt.Gateway, attempt.Error);
        return true;
    }

    /// <summary>Ignores the result if the lease was lost: another caller is querying the gateway.</summary>
    bool RecordNoAnswer(PaymentAttempt attempt, CallResult result)
    {
        if (attempt.Lease != result.Queued.Lease)
            return false;
        if (!attempt.IsOpen)
        {
            attempt.SchedulePoll(attempt.NextAttemptAt is null ? null : NextPollAt(attempt, result.Queued, null, unseen: true));
            return false;
        }

        var due = attempt.State == AttemptState.Pending
            ? settings.NextPendingPollAt(result.Queued.Call.PayBefore, attempt.CreatedAt, Now) : Now + settings.RetryDelay(attempt.Attempts, attempt.OrderId);
        attempt.RecordNoAnswer(result.Error ?? "no answer", due, Now);
        log.LogWarning("{Key} has no answer after attempt {Attempts}; next query at {Due:O}: {Error}", attempt.Key, attempt.Attempts, due, attempt.Error);
        return false;
    }

    /// <summary>
    /// An authorization is sent while the branch is Trying, even after a Cancel: only a certain answer shows whether there is money to void. One that
    /// was never sent is not sent after a Cancel. A capture is sent only before a Cancel. In any other case these two are only queried. A void or a
    /// refund may always be sent.
    /// </summary>
    bool MaySend(PaymentBranch branch, PaymentAttempt attempt) => attempt.Operation switch
    {
        Operation.Authorize => branch.State == BranchState.Trying && !(branch.CancelRequested && attempt.IsNeverSent)
            && (attempt.Gateway == branch.Gateway || !Others(attempt).Any(other => other.IsOpen)),
        Operation.Capture => !branch.CancelRequested,
        _ => true,
    };

    /// <summary>Another gateway can take the authorization, or it is not wanted any more.</summary>
    bool IsDispensable(PaymentBranch branch, PaymentAttempt attempt) => attempt.Operation == Operation.Authorize
        && (branch.CancelRequested || (Others(attempt).FirstOrDefault() is { } other
            ? other.IsNeverSent : RouteRule.Other(attempt.Gateway, [attempt.Gateway], routes) is not null));

    IEnumerable<PaymentAttempt> Others(PaymentAttempt attempt) => rows.Authorizations(attempt.OrderId).Where(other => other != attempt);

    GatewayCall CallOf(PaymentBranch branch, PaymentAttempt attempt) => new(
        attempt.Key, attempt.Operation, branch.OrderId, branch.AmountOf(attempt.Operation), branch.Currency, branch.Token,
        branch.Hosted ? branch.PayBefore : null,
        attempt.Operation switch
        {
            Operation.Authorize => null,
            Operation.Refund => branch.CaptureId,
            _ when attempt.Gateway == branch.Gateway => branch.AuthorizationId,
            _ => rows.Attempt(branch.OrderId, Operation.Authorize, attempt.Gateway)?.GatewayId,
        },
        branch.CancelRequested || branch.IsStray(attempt), attempt.Gateway);

    void Audit(PaymentAttempt attempt, string from, string cause)
    {
        var detail = attempt.Error ?? attempt.GatewayId;
        work.Audit(attempt.Subject, attempt.OrderId.ToString(), from, attempt.State.ToString(), cause,
            attempt.Gateway == GatewaySettings.Main ? detail : Text.Cut($"{attempt.Gateway}: {detail}", AuditRow.MaxDetailLength));
    }
}
