using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrderSaga.Platform.Http;

/// <summary>Roles of API keys. A key can have several.</summary>
public static class Roles
{
    /// <summary>Place, read and cancel the merchant's own orders.</summary>
    public const string Orders = "orders";

    /// <summary>Write the price list.</summary>
    public const string Catalogue = "catalogue";

    /// <summary>Receive goods and read stock levels.</summary>
    public const string Stock = "stock";

    /// <summary>Read and repair all data.</summary>
    public const string Operator = "operator";

    /// <summary>Change the rules of switches.</summary>
    public const string Release = "release";

    /// <summary>Read any service's history and state, change nothing. For calls between services.</summary>
    public const string Query = "query";

    public static IReadOnlyList<string> All { get; } = [Orders, Catalogue, Stock, Operator, Release, Query];
}

/// <summary>A key as the key file and the settings define it under its name.</summary>
sealed record ApiKeyEntry
{
    /// <summary>The merchant (tenant) whose data the key can access.</summary>
    public string? Merchant { get; init; }

    /// <summary>SHA-256 of the key's bytes, hex.</summary>
    public string? Sha256 { get; init; }

    /// <summary>From <see cref="Http.Roles"/>.</summary>
    public string[]? Roles { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>From this time on the key is refused; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>See <see cref="KeyLimits"/>.</summary>
    public JsonElement? Rates { get; init; }
}

/// <summary>A caller's API key, known by its hash only.</summary>
sealed class ApiKey
{
    public const string MerchantClaim = "merchant";
    public const string RoleClaim = "role";

    readonly byte[] hash;

    /// <param name="name">Name of the key for operators.</param>
    /// <param name="source">The key file or the settings source.</param>
    /// <param name="entry">Its definition there.</param>
    /// <exception cref="ArgumentException">A field is missing or invalid.</exception>
    /// <exception cref="InvalidRatesException">Only its rates are invalid.</exception>
    public ApiKey(string name, string source, ApiKeyEntry entry)
    {
        Require(ApiKeys.ValidMerchant(name), $"A key's name must be {ApiKeys.MerchantRule}.");
        Require(ApiKeys.ValidMerchant(entry.Merchant), $"Merchant must be {ApiKeys.MerchantRule}.");
        Require(entry.Sha256 is { Length: 64 } hex && hex.All(char.IsAsciiHexDigit), "Sha256 must be the key's SHA-256 hash as 64 hex digits.");
        Require(entry.Roles is { Length: > 0 } roles && !roles.Except(Http.Roles.All).Any(), $"Roles must be from {string.Join(", ", Http.Roles.All)}.");
        (Name, Source, Entry, hash) = (name, source, entry, Convert.FromHexString(entry.Sha256!));
        Principal = new ApiKeyPrincipal(name, entry, KeyLimits.Read(entry.Rates));
        Identity = $"{name} {entry.Merchant} {Convert.ToHexString(hash)} {string.Join(',', entry.Roles!)} {entry.ExpiresAt:O}";
    }

    public string Name { get; }
    public string Source { get; }
    public ApiKeyEntry Entry { get; }
    public ApiKeyPrincipal Principal { get; }

    /// <summary>The same for two readings of one definition, whatever its rates: a change of these ends no request.</summary>
    public string Identity { get; }

    public bool Matches(ReadOnlySpan<byte> presented) => CryptographicOperations.FixedTimeEquals(hash, presented);

    public bool IsExpired(DateTimeOffset now) => Entry.ExpiresAt <= now;

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new ArgumentException(rule);
    }
}

public static class ApiKeyUser
{
    /// <summary>The roles of the caller's key, sorted.</summary>
    public static IReadOnlyList<string> RoleNames(this ClaimsPrincipal user) =>
        [.. user.FindAll(ApiKey.RoleClaim).Select(claim => claim.Value).Order(StringComparer.Ordinal)];

    /// <summary>The merchant (tenant) of the caller's key.</summary>
    public static string Merchant(this ClaimsPrincipal user) =>
        user.FindFirstValue(ApiKey.MerchantClaim) ?? throw new InvalidOperationException("The endpoint is anonymous, so the call has no merchant.");
}
