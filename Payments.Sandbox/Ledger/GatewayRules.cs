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

    /// <summary>After its end a hosted payment expires, whatever button was pressed.</summary>
    public static Verdict Decide(Conclude command, GatewayOperation authorization, DateTime now) =>
        authorization.ExpiresAt <= now ? new Verdict(Statuses.Expired, "not paid in time") : command.Verdict;

    static Problem NotAuthorized(GatewayOperation authorization) =>
        Conflict($"authorization-{authorization.Status}", $"The authorization is {authorization.Status}");

    static Problem Conflict(string type, string title) =>
        new(409, type, title + ".", "Nothing was done. Ask GET /v1/operations?reference= for what has happened to it.");
}
