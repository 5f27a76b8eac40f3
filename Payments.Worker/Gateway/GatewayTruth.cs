using OrderSaga.Contracts;
using OrderSaga.Platform;

namespace OrderSaga.Payments;

/// <summary>Reads the gateway's words: what an operation of its ledger says of one of our calls. Pure.</summary>
static class GatewayTruth
{
    const string UnknownCard = "the gateway does not know the card";
    const string NotTaken = "the gateway does not take the payment";

    /// <summary>An answer about other money than ours is no answer: it is looked into, never booked.</summary>
    public static GatewayAnswer Answer(GatewayCall call, GatewayOperation told)
    {
        if (told.Amount != call.Amount || told.Currency != call.Currency || told.Reference != call.OrderId.ToString())
            throw new GatewayUnknown($"the gateway's answer is about {told.Amount} {told.Currency} for {told.Reference}, not {call.Amount} {call.Currency}");
        var result = told.Status switch
        {
            "succeeded" => GatewayResult.Succeeded,
            "declined" or "expired" => GatewayResult.Declined,
            "pending" when call.Operation == Operation.Authorize => GatewayResult.Pending,
            _ => throw new GatewayUnknown($"the gateway's status is '{told.Status}'"),
        };
        return new GatewayAnswer(
            result, IdOf(call, told, result), result == GatewayResult.Declined ? ReasonOf(told) : null, FieldRules.IsPayUrl(told.Url) ? told.Url : null,
            Earlier(told.ExpiresAt?.UtcDateTime, call.PayBefore), Detail: result == GatewayResult.Declined ? told.Reason : null);
    }

    /// <summary>What a request that was refused as such means for the one who reads the order's reason: one sentence, never the gateway's own words.</summary>
    public static GatewayAnswer Refused(GatewayRejected rejected) => new(
        GatewayResult.Declined, null, rejected.Code is { } code && code.Contains("card", StringComparison.OrdinalIgnoreCase) ? UnknownCard : NotTaken,
        Detail: rejected.Message);

    /// <summary>The money is moved by this id later on; where it is not, it may be missing.</summary>
    static string? IdOf(GatewayCall call, GatewayOperation told, GatewayResult result) =>
        FieldRules.IsGatewayId(told.Id) ? told.Id
        : result == GatewayResult.Declined || call.Operation is Operation.Void or Operation.Refund ? null
        : throw new GatewayUnknown("the gateway's answer has no usable id");

    /// <summary>The gateway's sentence, if it is one.</summary>
    static string ReasonOf(GatewayOperation told)
    {
        var reason = Text.Clean(told.Reason, FieldRules.MaxReasonLength);
        return string.IsNullOrEmpty(reason) || reason[0] is '{' or '[' or '<' ? told.Status ?? NotTaken : reason;
    }

    static DateTime? Earlier(DateTime? expires, DateTime? payBefore) => expires > payBefore ? payBefore : expires;

    /// <summary>
    /// What everything that the gateway did for the order says of a call that it does not know: an authorization that is gone
    /// holds nothing, so it is as good as voided and cannot be captured. Null when the call is still to be made.
    /// </summary>
    public static GatewayAnswer? Conclude(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) => call.Operation switch
    {
        Operation.Void => Done(call, ledger, "void")
            ?? (Gone(call, ledger) is { } gone ? new GatewayAnswer(GatewayResult.Succeeded, gone.Id) : null)
            ?? (Taken(call, ledger) is { } taken ? taken with { Result = GatewayResult.Captured, Reason = "the money is captured" } : null),
        Operation.Capture when Done(call, ledger, "void") is { } voided => new GatewayAnswer(GatewayResult.Declined, voided.Id, "the authorization is voided"),
        Operation.Capture when Gone(call, ledger) is { } gone => new GatewayAnswer(GatewayResult.Declined, gone.Id, $"the authorization is {gone.Status}"),
        Operation.Capture => Taken(call, ledger) switch
        {
            { Amount: { } part } when !call.Unwanted => throw new GatewayUnknown($"the gateway captured {part} of {call.Amount} {call.Currency}"),
            var taken => taken,
        },
        Operation.Refund => GivenBack(call, ledger),
        _ => null,
    };

    /// <summary>A capture by whatever hand; with its amount where that is another.</summary>
    static GatewayAnswer? Taken(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) =>
        Row(call, ledger, "capture") is not { } row ? null
            : Answer(call, row with { Amount = call.Amount }) with { Amount = row.Amount == call.Amount ? null : row.Amount };

    /// <summary>In one refund or in several.</summary>
    static GatewayAnswer? GivenBack(GatewayCall call, IReadOnlyList<GatewayOperation> ledger)
    {
        var authorization = AuthorizationOf(call, ledger);
        var refunds = ledger.Where(told => told is { Operation: "refund", Status: "succeeded" } && told.AuthorizationId == authorization).ToList();
        return refunds.Count > 0 && refunds.Sum(told => told.Amount) == call.Amount ? Answer(call, refunds[^1] with { Amount = call.Amount }) : null;
    }

    /// <summary>Done by another hand than ours, e.g. a person's at the gateway's desk.</summary>
    static GatewayAnswer? Done(GatewayCall call, IReadOnlyList<GatewayOperation> ledger, string operation) =>
        Row(call, ledger, operation) is { } done ? Answer(call, done) : null;

    static GatewayOperation? Row(GatewayCall call, IReadOnlyList<GatewayOperation> ledger, string operation) =>
        ledger.FirstOrDefault(told => told.Operation == operation && told.Status == "succeeded" && told.AuthorizationId == AuthorizationOf(call, ledger));

    static GatewayOperation? Gone(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) =>
        ledger.FirstOrDefault(told => told.Operation == "authorize" && told.Id == call.Target && told.Status is "declined" or "expired");

    static string? AuthorizationOf(GatewayCall call, IReadOnlyList<GatewayOperation> ledger) => call.Operation == Operation.Refund
        ? ledger.FirstOrDefault(told => told.Operation == "capture" && told.Id == call.Target)?.AuthorizationId ?? "none"
        : call.Target;
}
