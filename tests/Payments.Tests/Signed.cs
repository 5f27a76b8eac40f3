using System.Text.Json;

namespace OrderSaga.Payments.Tests;

/// <summary>A webhook with the gateway's signature.</summary>
static class Signed
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    public const string OtherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDYGX2TOOyo1A=";

    public static byte[] Bytes(string secret) => Convert.FromBase64String(secret["whsec_".Length..]);

    public static string Event(
        Guid orderId, string type = "authorization.succeeded", string authorizationId = "auth_1", long amount = 1250, string currency = "EUR") =>
        JsonSerializer.Serialize(new { type, timestamp = Some.InAnHour, data = new { authorizationId, reference = orderId, amount, currency } });

    public static WebhookHeaders Headers(string id, DateTimeOffset at, string body, string secret = Secret)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString();
        return new WebhookHeaders(id, timestamp, Received.Signature(secret, id, timestamp, body));
    }
}
