using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>https://www.standardwebhooks.com: HMAC-SHA256 over <c>id.timestamp.body</c>, one signature per valid secret.</summary>
static class WebhookSignature
{
    const string Prefix = "whsec_";

    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static string IdOf(WebhookDelivery delivery) => $"msg_{delivery.Id:N}";

    public static HttpRequestMessage Sign(WebhookDelivery delivery, WebhookEndpoint endpoint, DateTimeOffset now)
    {
        var (id, timestamp) = (IdOf(delivery), now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        var signed = $"{id}.{timestamp}.{delivery.Body}";
        request.Headers.Add("webhook-signature", string.Join(' ', LiveSecrets(endpoint, now).Select(secret => Of(secret, signed))));
        request.Headers.UserAgent.ParseAdd("OrderSaga-Webhooks/1.0");
        return request;
    }

    /// <summary><c>v1,</c> and base64.</summary>
    public static string Of(string secret, string signed) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), Encoding.UTF8.GetBytes(signed)));

    static IEnumerable<string> LiveSecrets(WebhookEndpoint endpoint, DateTimeOffset now)
    {
        yield return endpoint.Secret;
        if (endpoint.PreviousSecret is { } previous && endpoint.PreviousSecretUntil > now.UtcDateTime)
            yield return previous;
    }
}
