using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderSaga.Sandbox;

/// <summary>https://www.standardwebhooks.com: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
static class WebhookSignature
{
    const string Prefix = "whsec_";

    public static byte[] SecretBytes(string secret)
    {
        var bytes = new byte[secret.Length];
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || !Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) || length < 24)
            throw new InvalidOperationException("Gateway:WebhookSecret must be whsec_ and the base64 of at least 24 random bytes.");
        return bytes[..length];
    }

    public static HttpRequestMessage Sign(GatewayWebhook webhook, string secret, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{webhook.Id}.{timestamp}.{webhook.Body}");
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new StringContent(webhook.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", webhook.Id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(SecretBytes(secret), signed)));
        return request;
    }
}
