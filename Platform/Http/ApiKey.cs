using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

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

    /// <summary>Read any service's history and state, change nothing. For calls between services.</summary>
    public const string Query = "query";

    public static IReadOnlyList<string> All { get; } = [Orders, Catalogue, Stock, Operator, Query];
}

/// <summary>A caller's API key, stored as a hash only.</summary>
/// <param name="Name">Name of the key for operators.</param>
/// <param name="Merchant">The merchant (tenant) whose data the key can access.</param>
/// <param name="Sha256">SHA-256 of the key's ASCII bytes, hex.</param>
/// <param name="Roles">From <see cref="Http.Roles"/>.</param>
public sealed record ApiKey(string Name, string Merchant, string Sha256, IReadOnlyList<string> Roles)
{
    public const string MerchantClaim = "merchant";
    public const string RoleClaim = "role";

    byte[] Hash { get; } = Convert.FromHexString(Sha256);

    internal bool Matches(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash, hash);

    internal ClaimsPrincipal Principal { get; } = new(new ClaimsIdentity(
        [new(ClaimTypes.Name, Name), new(MerchantClaim, Merchant), .. Roles.Select(role => new Claim(RoleClaim, role))],
        ApiKeyScheme.Name, ClaimTypes.Name, RoleClaim));

    internal static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

public static class ApiKeyUser
{
    /// <summary>The merchant (tenant) of the caller's key.</summary>
    public static string Merchant(this ClaimsPrincipal user) =>
        user.FindFirstValue(ApiKey.MerchantClaim) ?? throw new InvalidOperationException("The endpoint is anonymous, so the call has no merchant.");
}
