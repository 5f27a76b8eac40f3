using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrderSaga.Platform.Http;

/// <summary>A signed POST as in https://www.standardwebhooks.com: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
public static class StandardWebhook
{
    const string Prefix = "whsec_";
    const int MinBytes = 24;
    const int MaxBytes = 64;

    /// <summary>The key of a secret, which is <c>whsec_</c> and the base64 of 24 to 64 bytes; null for any other text.</summary>
    public static byte[]? KeyOf(string? secret)
    {
        var bytes = new byte[MaxBytes];
        return secret is not null && secret.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length) && length >= MinBytes ? bytes[..length] : null;
    }

    /// <param name="url">The receiver.</param>
    /// <param name="id">By it the receiver recognizes a repetition.</param>
    /// <param name="json">The body.</param>
    /// <param name="keys">One signature for each; none: the request is unsigned.</param>
    /// <param name="now">A receiver refuses an old request.</param>
    public static HttpRequestMessage Post(string url, string id, string json, IEnumerable<byte[]> keys, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.{json}");
        var signatures = string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        if (signatures.Length > 0)
            request.Headers.Add("webhook-signature", signatures);
        return request;
    }
}
