using OrderSaga.Contracts;
using OrderSaga.Platform;

namespace OrderSaga.Payments;

/// <summary>Interprets operations in the gateway's ledger as answers to our calls. Pure.</summary>
static class GatewayResponses
{
    const string UnknownCard = "the gateway does not know the card";
    const string NotTaken = "the gateway refused the payment request";

    /// <summary>An answer about another amount is not an answer: it is investigated, never booked.</summary>
    public static GatewayAnswer Answer(GatewayCall call, GatewayOperation reported)
    {
        if (reported.Amount != call.Amount || reported.Currency != call.Currency || reported.Reference != call.OrderId.ToString())
            throw new GatewayNoAnswerException(
                $"the gateway's answer is about {reported.Amount} {reported.Currency} for {reported.Reference}, not {call.Amount} {call.Currency}");
        var result = reported.Status switch
        {
            "succeeded" => GatewayResult.Succeeded,
            "declined" or "expired" => GatewayResult.Declined,
            "pending" when call.Operation == Operation.Authorize => GatewayResult.Pending,
            _ => throw new GatewayNoAnswerException(
                $"the gateway's status is '{reported.Status}'"),
        };
        return new GatewayAnswer(
            result, IdOf(call, reported, result), result == GatewayResult.Declined ? ReasonOf(reported) : null, FieldRules.IsPayUrl(reported.Url)
                ? reported.Url : null,
            EarlierOf(reported.ExpiresAt?.UtcDateTime, call.PayBefore), Detail: result == GatewayResult.Declined ? reported.Reason : null);
    }

    /// <summary>Reason of a refused request for the merchant: a fixed sentence, never the gateway's text.</summary>
    public static GatewayAnswer Refused(GatewayRejectedException rejected) => new(
        GatewayResult.Declined, null, rejected.Code is { } code && code.Contains("card", StringComparison.OrdinalIgnoreCase) ? UnknownCard : NotTaken,
        Detail: rejected.Message);

    /// <summary>The id is needed to move the money later; otherwise it may be missing.</summary>
    static string? IdOf(GatewayCall call, GatewayOperation reported, GatewayResult result) =>
        FieldRules.IsGatewayId(reported.Id) ? reported.Id
        : result == GatewayResult.Declined || call.Operation is Operation.Void or Operation.Refund ? null
        : throw new GatewayNoAnswerException("the gateway's answer has no valid id");

    /// <summary>The gateway's reason, if it is valid text.</summary>
    static string ReasonOf(GatewayOperation reported)
    {
        var reason = Text.Clean(reported.Reason, FieldRules.MaxReasonLength);
        return string.IsNullOrEmpty(reason) || reason[0] is '{' or '[' or '<' ? reported.Status ?? NotTaken : reason;
    }

    static DateTime? EarlierOf(DateTime? expires, DateTime? payBefore) => expires > payBefore ? payBefore : expires;

    /// <summary>
    /// What all gateway operations of the order say about a call without an operation of its own. For example, a declined or expired
    /// authorization holds nothing, so it counts as voided and cannot be captured. Null: the call must still be made.
    /// </summary>
    public static GatewayAnswer? Conclude(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) => call.Operation switch
    {
        Operation.Void => Done(call, ledger, "void")
            ?? (IsGone(call, ledger) is { } gone ? new GatewayAnswer(GatewayResult.Succeeded, gone.Id) : null)
            ?? (AuthorizeOrCapture(call, ledger) is { } taken ? taken with { Result = GatewayResult.Captured, Reason = "the money is captured" } : null),
        Operation.Capture when Done(call, ledger, "void") is { } voided => new GatewayAnswer(GatewayResult.Declined, voided.Id, "the authorization is voided"),
        Operation.Capture when IsGone(call, ledger) is { } gone => new GatewayAnswer(GatewayResult.Declined, gone.Id, $"the authorization is {gone.Status}"),
        Operation.Capture => AuthorizeOrCapture(call, ledger) switch
        {
            { Amount: { } part } when !call.Unwanted => throw new GatewayNoAnswerException(
                $"the gateway captured {part} of {call.Amount} {call.Currency}"),
            var taken => taken,
        },
        Operation.Refund => VoidOrRefund(call, ledger),
        _ => null,
    };

    /// <summary>A capture by anyone; with its amount if that differs.</summary>
    static GatewayAnswer? AuthorizeOrCapture(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) =>
        Row(call, ledger, "capture") is not { } row ? null
            : Answer(call, row with { Amount = call.Amount }) with { Amount = row.Amount == call.Amount ? null : row.Amount };

    /// <summary>In one refund or several.</summary>
    static GatewayAnswer? VoidOrRefund(GatewayCall call, IReadOnlyList<GatewayOperation> ledger)
    {
        var authorization = AuthorizationOf(call, ledger);
        var refunds = ledger.Where(reported => reported is { Operation: "refund", Status: "succeeded" } && reported.AuthorizationId == authorization).ToList();
        return refunds.Count > 0 && refunds.Sum(reported => reported.Amount) == call.Amount ? Answer(call, refunds[^1] with { Amount = call.Amount }) : null;
    }

    /// <summary>Done by another party, for example manually at the gateway.</summary>
    static GatewayAnswer? Done(GatewayCall call, IReadOnlyList<GatewayOperation> ledger, string operation) =>
        Row(call, ledger, operation) is { } done ? Answer(call, done) : null;

    static GatewayOperation? Row(GatewayCall call, IReadOnlyList<GatewayOperation> ledger, string operation) =>
        ledger.FirstOrDefault(reported => reported.Operation == operation && reported.Status == "succeeded"
            && reported.AuthorizationId == AuthorizationOf(call, ledger));

    static GatewayOperation? IsGone(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) =>
        ledger.FirstOrDefault(reported => reported.Operation == "authorize" && reported.Id == call.Target && reported.Status is "declined" or "expired");

    static string? AuthorizationOf(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) => call.Operation == Operation.Refund
        ? ledger.FirstOrDefault(reported => reported.Operation == "capture" && reported.Id == call.Target)?.AuthorizationId ?? "none"
        : call.Target;
}
