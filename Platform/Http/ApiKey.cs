using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace OrderSaga.Platform.Http;

/// <summary>What a key may do. A key can have several.</summary>
public static class Roles
{
    /// <summary>Place, read and cancel the merchant's own orders.</summary>
    public const string Orders = "orders";

    /// <summary>Write the price list.</summary>
    public const string Catalogue = "catalogue";

    /// <summary>Receive goods and read stock levels.</summary>
    public const string Stock = "stock";

    /// <summary>Look at and repair everything.</summary>
    public const string Operator = "operator";

    /// <summary>Ask what a service did about anything, and change nothing: for one service's calls to another.</summary>
    public const string Query = "query";

    public static IReadOnlyList<string> All { get; } = [Orders, Catalogue, Stock, Operator, Query];
}

/// <summary>One caller's key: never the key itself, only its hash.</summary>
/// <param name="Name">For people: whose key it is.</param>
/// <param name="Merchant">The tenant whose data it reaches.</param>
/// <param name="Sha256">SHA-256 of the key's ASCII bytes, hex.</param>
/// <param name="Roles">Of <see cref="Http.Roles"/>.</param>
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
    /// <summary>The tenant that the caller's key belongs to.</summary>
    public static string Merchant(this ClaimsPrincipal user) =>
        user.FindFirstValue(ApiKey.MerchantClaim) ?? throw new InvalidOperationException("The endpoint is anonymous: no merchant.");
}
