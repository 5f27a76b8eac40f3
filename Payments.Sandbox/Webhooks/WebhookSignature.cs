using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

static class WebhookSignature
{
    public static byte[] SecretBytes(string secret) => StandardWebhook.KeyOf(secret)
        ?? throw new InvalidOperationException("Gateway:WebhookSecret must be whsec_ and the base64 of 24 to 64 random bytes.");

    public static HttpRequestMessage Sign(GatewayWebhook webhook, string secret, DateTimeOffset now) =>
        StandardWebhook.Post(webhook.Url, webhook.Id, webhook.Body, [SecretBytes(secret)], now);
}
