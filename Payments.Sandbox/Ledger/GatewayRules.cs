using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Which operations are allowed in which state. Pure.</summary>
static class GatewayRules
{
    /// <summary>Why an operation is not allowed now; null if it is.</summary>
    public static Problem? Refuse(string operation, Account account, long? amount)
    {
        var authorization = account.Authorization;
        if (amount is { } requested && requested != authorization.Amount)
            return new Problem(ProblemTypes.PartialAmount,
                $"The authorization is over {authorization.Amount} {authorization.Currency}; omit the amount, or send the same.");

        return operation switch
        {
            Operations.Capture => RefuseCapture(account),
            Operations.Void => RefuseVoid(account),
            Operations.Refund => account.Has(Operations.Refund) ? Conflict(ProblemTypes.AlreadyRefunded) : null,
            _ => throw new InvalidOperationException($"No rule for {operation}."),
        };
    }

    static Problem? RefuseCapture(Account account)
    {
        if (account.Has(Operations.Void))
            return Conflict(ProblemTypes.AuthorizationVoided);
        if (account.Has(Operations.Capture))
            return Conflict(ProblemTypes.AlreadyCaptured);

        return account.Authorization.Status == Statuses.Succeeded ? null : NotAuthorized(account.Authorization);
    }

    static Problem? RefuseVoid(Account account)
    {
        if (account.Has(Operations.Void))
            return Conflict(ProblemTypes.AuthorizationVoided);
        if (account.Has(Operations.Capture))
            return Conflict(ProblemTypes.AlreadyCaptured, "Refund the capture. ");

        return account.Authorization.Status is Statuses.Succeeded or Statuses.Pending ? null : NotAuthorized(account.Authorization);
    }

    /// <summary>Declines a capture by its token or the fault rate.</summary>
    public static Verdict Decide(Modification step, GatewayOperation authorization) =>
        step.Operation == Operations.Capture && (step.Declined || authorization.Token == Tokens.CaptureRefused)
            ? new Verdict(Statuses.Declined, "capture refused by the issuer")
            : new Verdict(Statuses.Succeeded);

    /// <summary>A hosted payment requested after its own expiry is declined.</summary>
    public static Verdict Decide(Authorize command, DateTime now) =>
        command.Request.ExpiresAt is { } end && end <= now ? new Verdict(Statuses.Declined, "expired before it was requested") : command.Verdict;

    /// <summary>
    /// Result of the customer's button or of the expiry; null: no effect. After its time a hosted payment expires whatever was pressed,
    /// unless late payments are configured.
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

    /// <summary>True if it waits for a customer and its time has passed.</summary>
    public static bool IsOver(GatewayOperation authorization, DateTime now) => authorization.Status == Statuses.Pending && authorization.ExpiresAt <= now;

    public static readonly Verdict NotPaidInTime = new(Statuses.Expired, "not paid in time");

    static Problem NotAuthorized(GatewayOperation authorization) => Conflict(authorization.Status switch
    {
        Statuses.Pending => ProblemTypes.AuthorizationPending,
        Statuses.Declined or Statuses.Closed => ProblemTypes.AuthorizationDeclined,
        Statuses.Expired => ProblemTypes.AuthorizationExpired,
        var other => throw new InvalidOperationException($"No rule for an authorization that is {other}."),
    });

    static Problem Conflict(ProblemType type, string advice = "") =>
        new(type, $"Nothing was done. {advice}GET /v1/operations?reference= lists its operations.");
}
