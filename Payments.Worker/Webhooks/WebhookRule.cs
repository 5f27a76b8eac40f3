using System.Text;

namespace OrderSaga.Payments;

/// <summary>A webhook's body.</summary>
/// <param name="Type"><c>authorization.succeeded</c>, <c>authorization.failed</c> or <c>authorization.expired</c>.</param>
/// <param name="Data">Subject of the event.</param>
sealed record GatewayEvent(string? Type, GatewayEventData? Data)
{
    /// <summary>Returns null for an invalid body.</summary>
    public static GatewayEvent? Read(string body)
    {
        try
        {
            return GatewayJson.Read<GatewayEvent>(Encoding.UTF8.GetBytes(body));
        }
        catch (GatewayNoAnswerException)
        {
            return null;
        }
    }
}

/// <param name="AuthorizationId">The hosted payment.</param>
/// <param name="Reference">The order id.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
sealed record GatewayEventData(string? AuthorizationId, string? Reference, long Amount, string? Currency);

/// <summary>Decides whether a webhook is a reason to query the gateway. It never moves money or state itself. Pure.</summary>
static class WebhookRule
{
    public const string Accepted = "the gateway is asked";
    public const string Mismatch = "does not fit the order";

    /// <summary>The outcome; <see cref="Accepted"/> if the gateway must be queried.</summary>
    /// <param name="received">The webhook.</param>
    /// <param name="branch">The branch of its order.</param>
    /// <param name="authorization">The order's authorization at the gateway that sent the webhook.</param>
    public static string Decide(GatewayEvent? received, PaymentBranch? branch, PaymentAttempt? authorization) => received switch
    {
        null or { Type: null } => "not readable",
        { Type: not ("authorization.succeeded" or "authorization.failed" or "authorization.expired") } => "of no interest",
        { Data: null } => "not readable",
        _ when branch is null || authorization is null => "unknown order",
        _ when !Fits(received.Data, branch, authorization) => Mismatch,
        { Type: "authorization.succeeded" } when authorization.State == AttemptState.Succeeded => "known already",
        { Type: not "authorization.succeeded" } when !authorization.IsOpen => "known already",
        _ => Accepted,
    };

    /// <summary>True if the gateway is queried at once; the many payments that expire together use the slower queue of polls.</summary>
    public static bool ReportsPayment(GatewayEvent received) => received.Type == "authorization.succeeded";

    static bool Fits(GatewayEventData received, PaymentBranch branch, PaymentAttempt authorization)
    {
        var known = branch.Gateway == authorization.Gateway ? branch.AuthorizationId : authorization.GatewayId;
        return received.Amount == branch.Amount && received.Currency == branch.Currency && (known is null || received.AuthorizationId == known);
    }
}
