using System.Diagnostics.CodeAnalysis;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;

namespace OrderSaga.Payments;

/// <summary>Interprets operations in the gateway's ledger as answers to our calls. Pure.</summary>
static class GatewayResponses
{
    const string UnknownCard = "the gateway does not know the card";
    const string Closed = "closed";
    const string NotTaken = "the gateway refused the payment request";

    /// <summary>A reason with at least this many digits may name a card or an account.</summary>
    const int MinDigitsOfNumber = 8;

    /// <summary>
    /// Checks amount, currency and order first: an answer about another counts as no answer, and is never recorded. Exception: while the order is
    /// being cancelled another amount is accepted, because a void or refund follows. Of a capture the reported amount is kept for the refund.
    /// </summary>
    public static GatewayAnswer Answer(GatewayCall call, GatewayOperation reported)
    {
        if (call.IsCancelling && call.Operation != Operation.Refund && reported.Amount != call.Amount)
            return Answer(call, reported with { Amount = call.Amount }) with { Amount = call.Operation == Operation.Capture ? reported.Amount : null };
        if (reported.Amount != call.Amount || reported.Currency != call.Currency || reported.Reference != call.OrderId.ToString())
            throw new GatewayOtherAnswerException(
                $"the gateway's answer is about {reported.Amount} {reported.Currency} for {reported.Reference}, not {call.Amount} {call.Currency}");
        var result = reported.Status switch
        {
            "succeeded" => GatewayResult.Succeeded,
            "declined" or "expired" or Closed => GatewayResult.Declined,
            "pending" when call.Operation == Operation.Authorize => GatewayResult.Pending,
            _ => throw new GatewayOtherAnswerException(
                $"the gateway's status is '{reported.Status}'"),
        };
        return new GatewayAnswer(
            result, IdOf(call, reported, result), result == GatewayResult.Declined ? ReasonOf(call, reported) : null, FieldRules.IsPayUrl(reported.Url)
                ? reported.Url : null,
            EarlierOf(reported.ExpiresAt?.UtcDateTime, call.PayBefore), Detail: result == GatewayResult.Declined ? Mask(call, reported.Reason) : null,
            Closed: reported.Status == Closed);
    }

    /// <summary>The answer to a refused request. The merchant's reason is a fixed sentence, never the gateway's text.</summary>
    public static GatewayAnswer Refused(GatewayRejectedException rejected) => new(
        GatewayResult.Declined, null, rejected.Code is { } code && code.Contains("card", StringComparison.OrdinalIgnoreCase) ? UnknownCard : NotTaken,
        Detail: rejected.Message);

    /// <summary>The text without the card's token.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Mask(GatewayCall call, string? text) =>
        call.Token is { } token ? text?.Replace(token, "***", StringComparison.OrdinalIgnoreCase) : text;

    /// <summary>The gateway's id of the operation. It may be missing only where no later call needs it.</summary>
    static string? IdOf(GatewayCall call, GatewayOperation reported, GatewayResult result) =>
        FieldRules.IsGatewayId(reported.Id) ? reported.Id
        : result == GatewayResult.Declined || call.Operation is Operation.Void or Operation.Refund ? null
        : throw new GatewayOtherAnswerException("the gateway's answer has no valid id");

    /// <summary>The gateway's reason, if a merchant may read it: plain text without the token or the number of a card or an account.</summary>
    static string ReasonOf(GatewayCall call, GatewayOperation reported)
    {
        var reason = Text.Clean(reported.Reason, FieldRules.MaxReasonLength);
        return string.IsNullOrEmpty(reason) || reason[0] is '{' or '[' or '<' || reason.Count(char.IsAsciiDigit) >= MinDigitsOfNumber
            || (call.Token is { } token && reason.Contains(token, StringComparison.OrdinalIgnoreCase)) ? reported.Status ?? NotTaken : reason;
    }

    static DateTime? EarlierOf(DateTime? expires, DateTime? payBefore) => expires > payBefore ? payBefore : expires;

    /// <summary>
    /// Concludes the answer to a call from the order's other operations in the ledger, if the call's own operation is absent or declined. For
    /// example, a declined or expired authorization holds nothing, so it counts as voided and cannot be captured. Null: the call must be made.
    /// </summary>
    public static GatewayAnswer? Conclude(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) => call.Operation switch
    {
        Operation.Void => OperationOf(call, ledger, "void")
            ?? (ExpiredAuthorization(call, ledger) is { } gone ? new GatewayAnswer(GatewayResult.Succeeded, gone.Id) : null)
            ?? (CaptureOf(call, ledger) is { } taken ? taken with { Result = GatewayResult.Captured, Reason = "the money is captured" } : null),
        Operation.Capture when OperationOf(call, ledger, "void") is { } voided =>
            new GatewayAnswer(GatewayResult.Declined, voided.Id, "the authorization is voided"),
        Operation.Capture when ExpiredAuthorization(call, ledger) is { } gone =>
            new GatewayAnswer(GatewayResult.Declined, gone.Id, $"the authorization is {gone.Status}"),
        Operation.Capture => CaptureOf(call, ledger) switch
        {
            { Amount: { } part } when !call.IsCancelling => throw new GatewayOtherAnswerException(
                $"the gateway captured {part} of {call.Amount} {call.Currency}"),
            var taken => taken,
        },
        Operation.Refund => RefundOf(call, ledger),
        _ => null,
    };

    /// <summary>The capture by any party; with its amount if that differs.</summary>
    static GatewayAnswer? CaptureOf(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) =>
        Row(call, ledger, "capture") is not { } row ? null
            : Answer(call, row with { Amount = call.Amount }) with { Amount = row.Amount == call.Amount ? null : row.Amount };

    /// <summary>The refund of the whole amount, in one operation or several.</summary>
    static GatewayAnswer? RefundOf(GatewayCall call, IReadOnlyList<GatewayOperation> ledger)
    {
        var authorization = AuthorizationOf(call, ledger);
        var refunds = ledger.Where(reported => reported is { Operation: "refund", Status: "succeeded" } && reported.AuthorizationId == authorization).ToList();
        return refunds.Count > 0 && refunds.Sum(reported => reported.Amount) == call.Amount ? Answer(call, refunds[^1] with { Amount = call.Amount }) : null;
    }

    /// <summary>The operation by another party, for example manually at the gateway.</summary>
    static GatewayAnswer? OperationOf(GatewayCall call, IReadOnlyList<GatewayOperation> ledger, string operation) =>
        Row(call, ledger, operation) is { } done ? Answer(call, done) : null;

    static GatewayOperation? Row(GatewayCall call, IReadOnlyList<GatewayOperation> ledger, string operation) =>
        ledger.FirstOrDefault(reported => reported.Operation == operation && reported.Status == "succeeded"
            && reported.AuthorizationId == AuthorizationOf(call, ledger));

    static GatewayOperation? ExpiredAuthorization(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) =>
        ledger.FirstOrDefault(reported => reported.Operation == "authorize" && reported.Id == call.Target && reported.Status is "declined" or "expired");

    static string? AuthorizationOf(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) => call.Operation == Operation.Refund
        ? ledger.FirstOrDefault(reported => reported.Operation == "capture" && reported.Id == call.Target)?.AuthorizationId ?? "none"
        : call.Target;
}
