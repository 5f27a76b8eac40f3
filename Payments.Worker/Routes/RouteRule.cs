using static OrderSaga.Payments.Certainty;

namespace OrderSaga.Payments;

/// <summary>What is certain about an authorization at the gateway that was called.</summary>
enum Certainty
{
    /// <summary>The request was never sent.</summary>
    NeverSent,

    /// <summary>The gateway declined for a reason that another gateway may decide differently.</summary>
    SoftDeclined,

    /// <summary>The gateway declined; or it does not know the authorization, whose time is over.</summary>
    Declined,

    /// <summary>The gateway does not know the authorization and has closed its key: whatever comes with it later is refused.</summary>
    Closed,

    /// <summary>Sent, without an answer, and not asked yet.</summary>
    Unknown,

    /// <summary>Sent, without an answer, and the gateway cannot be asked.</summary>
    Unreachable,
}

/// <summary>The order's authorization at the other gateway.</summary>
enum OtherGateway
{
    /// <summary>There is no other gateway.</summary>
    None,

    /// <summary>It was not asked to authorize this order.</summary>
    Untried,

    /// <summary>It was to authorize the order, but the request was never sent.</summary>
    NeverSent,

    /// <summary>Its answer is missing, or it has authorized.</summary>
    Open,

    /// <summary>It declined, or closed the key.</summary>
    Declined,
}

/// <summary>What to do with an authorization after a call.</summary>
enum RouteStep
{
    /// <summary>The gateway's answer counts. Without one, this gateway is asked or called again.</summary>
    Stay,

    /// <summary>The other gateway authorizes now.</summary>
    Other,

    /// <summary>The other gateway authorizes after a delay: a moment ago it could not be reached.</summary>
    OtherLater,

    /// <summary>The answer of the other gateway decides.</summary>
    AwaitOther,

    /// <summary>The payment is declined: nothing was sent, and no gateway can be reached or none may be called any more.</summary>
    Decline,
}

/// <summary>What the decision depends on.</summary>
/// <param name="Certain">What is certain about the gateway that was called.</param>
/// <param name="Other">The other gateway.</param>
/// <param name="CancelRequested">The order is being cancelled: no gateway authorizes any more.</param>
/// <param name="Hosted">The customer pays on a page of the gateway. The page was not shown yet.</param>
/// <param name="Amount">Minor units.</param>
readonly record struct RouteFacts(Certainty Certain, OtherGateway Other, bool CancelRequested, bool Hosted, long Amount);

/// <summary>
/// Decides which gateway authorizes an order. An order goes to another gateway only if it is certain that the first one holds no money for it
/// and never will. Pure. Captures, voids and refunds are not decided here: they go to the gateway that the branch names.
/// </summary>
static class RouteRule
{
    /// <summary>Reason of a decline.</summary>
    public const string NoWay = "no way to pay at this moment";

    public static RouteStep Decide(RouteFacts facts, RouteSettings settings) => (facts.Certain, facts.Other) switch
    {
        // Both may hold money: the first success counts, and a no counts only if it is the second one.
        (SoftDeclined or Declined or Closed, OtherGateway.Open) => RouteStep.AwaitOther,
        (_, OtherGateway.Open) => RouteStep.Stay,

        (NeverSent, _) when facts.CancelRequested => RouteStep.Decline,
        _ when facts.CancelRequested => RouteStep.Stay,

        (NeverSent or SoftDeclined or Closed, OtherGateway.Untried) => RouteStep.Other,
        (SoftDeclined or Closed, OtherGateway.NeverSent) => RouteStep.Other,
        (Unreachable, OtherGateway.Untried) when MayHold(facts, settings) => RouteStep.Other,

        (NeverSent, _) when settings.WhenNone == WhenNone.Decline => RouteStep.Decline,
        (NeverSent, OtherGateway.NeverSent) => RouteStep.OtherLater,

        _ => RouteStep.Stay,
    };

    /// <summary>The gateway at which a new order begins: a fixed share of the orders begins at the second.</summary>
    public static string First(Guid orderId, RouteSettings settings) => settings.Gateways switch
    {
        [var first, var second] => Percentile(orderId) < settings.WarmPercent ? second : first,
        var only => only[0],
    };

    /// <summary>
    /// The other gateway of an order that was sent to <paramref name="gateway"/>; null: there is none. An order has at most two, also if the
    /// settings change meanwhile.
    /// </summary>
    public static string? Other(string gateway, IEnumerable<string> tried, RouteSettings settings) =>
        tried.FirstOrDefault(name => name != gateway) ?? settings.Gateways.FirstOrDefault(name => name != gateway);

    static bool MayHold(RouteFacts facts, RouteSettings settings) =>
        settings.WhileUnknown == WhileUnknown.Hold && !facts.Hosted && facts.Amount <= settings.MaxHoldAmount;

    /// <summary>0 to 99, the same for every process. The last bytes of an id are random.</summary>
    static int Percentile(Guid orderId) => BitConverter.ToUInt16(orderId.ToByteArray(), 14) % 100;
}
