using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Testing;

/// <summary>A received request. <see cref="Id"/> and what follows are those of a webhook.</summary>
public sealed record Received(IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    /// <summary>UTC.</summary>
    public DateTime At { get; } = TimeProvider.System.GetUtcNow().UtcDateTime;

    public string Body => Encoding.UTF8.GetString(Bytes);
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Id => Header("webhook-id");
    public string Timestamp => Header("webhook-timestamp");
    public string Type => (string)Json["type"]!;
    public Guid OrderId => (Guid)Json["data"]!["orderId"]!;

    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    public bool IsSignedWith(string secret) => Header("webhook-signature").Split(' ').Contains(Signature(secret, Id, Timestamp, Body));

    /// <summary>A webhook's signature, from https://www.standardwebhooks.com alone.</summary>
    public static string Signature(string secret, string id, string timestamp, string body)
    {
        var mac = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        return "v1," + Convert.ToBase64String(mac);
    }
}
