using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>What may follow what. Pure: state in, verdict out.</summary>
static class GatewayRules
{
    /// <summary>Why a step is not allowed now, or null.</summary>
    public static Problem? Refuse(string operation, Account account, long? amount)
    {
        var authorization = account.Authorization;
        if (amount is { } asked && asked != authorization.Amount)
            return new Problem(422, "partial-amount", "Only the whole amount can be moved.",
                $"The authorization is over {authorization.Amount} {authorization.Currency}; leave out the amount, or send the same.");

        return operation switch
        {
            Operations.Capture => RefuseCapture(account),
            Operations.Void => RefuseVoid(account),
            Operations.Refund => account.Has(Operations.Refund) ? Conflict("already-refunded", "The capture is already refunded") : null,
            _ => throw new InvalidOperationException($"No rule for {operation}."),
        };
    }

    static Problem? RefuseCapture(Account account)
    {
        if (account.Has(Operations.Void))
            return Conflict("authorization-voided", "The authorization is voided");
        if (account.Has(Operations.Capture))
            return Conflict("already-captured", "The authorization is already captured");

        return account.Authorization.Status == Statuses.Succeeded ? null : NotAuthorized(account.Authorization);
    }

    static Problem? RefuseVoid(Account account)
    {
        if (account.Has(Operations.Void))
            return Conflict("authorization-voided", "The authorization is already voided");
        if (account.Has(Operations.Capture))
            return Conflict("already-captured", "The authorization is captured: refund the capture");

        return account.Authorization.Status is Statuses.Succeeded or Statuses.Pending ? null : NotAuthorized(account.Authorization);
    }

    /// <summary>A capture is declined by its token, or by the fault rate.</summary>
    public static Verdict Decide(FollowUp step, GatewayOperation authorization) =>
        step.Operation == Operations.Capture && (step.Declined || authorization.Token == Tokens.CaptureRefused)
            ? new Verdict(Statuses.Declined, "capture refused by the issuer")
            : new Verdict(Statuses.Succeeded);

    /// <summary>A hosted payment that is asked for after its own end is never opened.</summary>
    public static Verdict Decide(Authorize command, DateTime now) =>
        command.Request.ExpiresAt is { } end && end <= now ? new Verdict(Statuses.Declined, "expired before it was asked for") : command.Verdict;

    /// <summary>
    /// What comes of the customer's button, or of the end of the time; null: nothing any more. After its end a hosted payment expires, whatever was
    /// pressed, unless late money is let in.
    /// </summary>
    public static Verdict? Decide(Conclude command, GatewayOperation authorization, DateTime now, TimeSpan late)
    {
        var paid = command.Verdict.Status == Statuses.Succeeded && authorization.ExpiresAt + late > now;
        return authorization.Status switch
        {
            Statuses.Pending when paid || !IsOver(authorization, now) => command.Verdict,
            Statuses.Pending => NotPaidInTime,
            Statuses.Expired when paid && authorization.Reason == NotPaidInTime.Reason => command.Verdict,
            _ => null,
        };
    }

    /// <summary>It waits for a customer whose time has passed.</summary>
    public static bool IsOver(GatewayOperation authorization, DateTime now) => authorization.Status == Statuses.Pending && authorization.ExpiresAt <= now;

    public static readonly Verdict NotPaidInTime = new(Statuses.Expired, "not paid in time");

    static Problem NotAuthorized(GatewayOperation authorization) =>
        Conflict($"authorization-{authorization.Status}", $"The authorization is {authorization.Status}");

    static Problem Conflict(string type, string title) =>
        new(409, type, title + ".", "Nothing was done. Ask GET /v1/operations?reference= for what has happened to it.");
}
