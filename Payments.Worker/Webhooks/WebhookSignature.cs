using System.Globalization;
using System.Security.Cryptography;

namespace OrderSaga.Payments;

/// <summary>The headers of https://www.standardwebhooks.com.</summary>
sealed record WebhookHeaders(string? Id, string? Timestamp, string? Signature);

/// <summary>Checks HMAC-SHA256 over <c>id.timestamp.body</c> with any valid secret, within a time window. Pure.</summary>
static class WebhookSignature
{
    const string Version = "v1,";
    const int MaxSignatures = 10;

    /// <summary>Why the webhook is refused; null if it is valid.</summary>
    public static string? Refuse(WebhookHeaders headers, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> secrets, DateTimeOffset now, TimeSpan window)
    {
        if (headers.Id is not { Length: > 0 and <= Webhook.IdCharacters } id || id.Any(letter => letter is < '!' or > '~'))
            return "webhook-id is missing or invalid";
        if (!long.TryParse(headers.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return "webhook-timestamp is missing or not in seconds";
        if (now.ToUnixTimeSeconds() - seconds is var age && (age > window.TotalSeconds || -age > window.TotalSeconds))
            return "webhook-timestamp is too old or ahead";

        byte[] signed = [.. System.Text.Encoding.ASCII.GetBytes($"{id}.{headers.Timestamp}."), .. body];
        var given = Signatures(headers.Signature);
        return secrets.Any(secret => IsAny(given, HMACSHA256.HashData(secret, signed))) ? null : "webhook-signature does not match";
    }

    /// <summary>Several during a rotation of the sender's secret.</summary>
    static List<byte[]> Signatures(string? header)
    {
        var signatures = new List<byte[]>();
        foreach (var part in (header ?? "").Split(' ', MaxSignatures, StringSplitOptions.RemoveEmptyEntries))
        {
            var bytes = new byte[HMACSHA256.HashSizeInBytes];
            if (part.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64String(part[Version.Length..], bytes, out var length) && length == bytes.Length)
                signatures.Add(bytes);
        }

        return signatures;
    }

    /// <summary>Compares all signatures completely, so that timing reveals nothing.</summary>
    static bool IsAny(List<byte[]> given, byte[] expected)
    {
        var fits = false;
        foreach (var signature in given)
            fits |= CryptographicOperations.FixedTimeEquals(signature, expected);
        return fits;
    }
}
