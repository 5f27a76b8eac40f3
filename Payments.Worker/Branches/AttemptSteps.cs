using System.Diagnostics;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>The steps of an attempt: committed before its call, queued after the commit, settled by the gateway's answer.</summary>
sealed class AttemptSteps(PaymentRows rows, UnitOfWorkContext work, CallQueue queue, PaymentsSettings settings, TimeProvider clock, ILogger<AttemptSteps> log)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Creates an attempt, or reopens the one that was declined or found nothing to void.</summary>
    public void Begin(PaymentBranch branch, Operation operation, string cause)
    {
        if (rows.Attempt(branch.OrderId, operation) is { } existing)
        {
            Reopen(branch, existing, cause);
            return;
        }

        var attempt = new PaymentAttempt
        {
            Key = PaymentAttempt.KeyOf(branch.OrderId, operation),
            OrderId = branch.OrderId,
            Operation = operation,
            TraceParent = Activity.Current?.Id,
            ClosesAt = operation == Operation.Authorize && branch.Hosted ? branch.PayBefore : null,
            CreatedAt = Now,
        };
        rows.Add(attempt);
        Audit(attempt, "", cause);
        QueueCall(branch, attempt, askFirst: false);
    }

    /// <summary>Opens the attempt again, and asks the gateway after the commit: it may have a new answer.</summary>
    public void Reopen(PaymentBranch branch, PaymentAttempt attempt, string cause, bool poll = false)
    {
        var from = attempt.State.ToString();
        attempt.Reopen(Now, Now);
        if (from != attempt.State.ToString())
            Audit(attempt, from, cause);
        QueueCall(branch, attempt, askFirst: true, poll);
    }

    /// <summary>Leases the attempt and queues its call after the commit. If this process does not make it in time, a sweeper queues it again.</summary>
    public void QueueCall(PaymentBranch branch, PaymentAttempt attempt, bool askFirst, bool poll = false)
    {
        var now = clock.GetUtcNow();
        attempt.TakeLease(Guid.CreateVersion7(now), (now + settings.Lease).UtcDateTime);
        var queued = new QueuedCall(
            CallOf(branch, attempt), attempt.Lease, askFirst, MaySend(branch, attempt), settings.SendBefore(attempt.Operation, branch.PayBefore),
            attempt.State == AttemptState.Pending ? attempt.GatewayId : null, poll, branch.Lane, branch.Merchant, attempt.TraceParent, clock.GetTimestamp());
        work.AfterCommit(() => queue.Add(queued));
    }

    /// <summary>Records the result of a call; returns true if the branch must react to it.</summary>
    public bool RecordResult(PaymentAttempt attempt, CallResult result)
    {
        var from = attempt.State;
        var isNew = result.Answer is { } answer ? Settle(attempt, answer, result.Queued) : RecordNoAnswer(attempt, result);
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
                attempt.SchedulePoll(NextPollAt(queued, answer.Unseen));
                return true;
            case GatewayResult.Declined or GatewayResult.Pending when attempt.State == AttemptState.Declined && attempt.NextAttemptAt is not null:
                attempt.SchedulePoll(NextPollAt(queued, answer.Unseen || answer.Result == GatewayResult.Pending));
                return false;
            default:
                log.LogInformation("Ignored the gateway's {Result} for {Key}: the attempt is already {State}", answer.Result, attempt.Key, known);
                return false;
        }
    }

    /// <summary>A customer may still pay after the decline, and a request that the gateway has not seen may still arrive there.</summary>
    DateTime? NextPollAt(QueuedCall queued, bool unseen) => queued.Call is { Operation: Operation.Authorize } call && (unseen || call.PayBefore is not null)
        ? settings.NextDeclinedPollAt(queued.SendBefore ?? Now, Now) : null;

    /// <summary>Ignores the result if the lease was lost: another caller is querying the gateway.</summary>
    bool RecordNoAnswer(PaymentAttempt attempt, CallResult result)
    {
        if (attempt.Lease != result.Queued.Lease)
            return false;
        if (!attempt.IsOpen)
        {
            attempt.SchedulePoll(attempt.NextAttemptAt is null ? null : NextPollAt(result.Queued, unseen: true));
            return false;
        }

        var due = attempt.State == AttemptState.Pending
            ? settings.NextPendingPollAt(result.Queued.Call.PayBefore, attempt.CreatedAt, Now) : Now + settings.RetryDelay(attempt.Attempts, attempt.OrderId);
        attempt.RecordNoAnswer(result.Error ?? "no answer", due, Now);
        log.LogWarning("{Key} has no answer after attempt {Attempts}; next query at {Due:O}: {Error}", attempt.Key, attempt.Attempts, due, attempt.Error);
        return false;
    }

    /// <summary>
    /// An authorization is sent while the branch is Trying, even after a Cancel: only a certain answer shows whether there is money to void. A
    /// capture is sent only before a Cancel. In any other case these two are only queried. A void or a refund may always be sent.
    /// </summary>
    static bool MaySend(PaymentBranch branch, PaymentAttempt attempt) => attempt.Operation switch
    {
        Operation.Authorize => branch.State == BranchState.Trying,
        Operation.Capture => !branch.CancelRequested,
        _ => true,
    };

    static GatewayCall CallOf(PaymentBranch branch, PaymentAttempt attempt) => new(
        attempt.Key, attempt.Operation, branch.OrderId, branch.AmountOf(attempt.Operation), branch.Currency, branch.Token,
        branch.Hosted ? branch.PayBefore : null,
        attempt.Operation switch
        {
            Operation.Authorize => null,
            Operation.Refund => branch.CaptureId,
            _ => branch.AuthorizationId,
        },
        branch.CancelRequested);

    void Audit(PaymentAttempt attempt, string from, string cause)
    {
        var subject = $"payment {PaymentAttempt.Name(attempt.Operation)}";
        work.Audit(subject, attempt.OrderId.ToString(), from, attempt.State.ToString(), cause, attempt.Error ?? attempt.GatewayId);
    }
}
