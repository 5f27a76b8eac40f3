using System.Security.Claims;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>A caller with an API key.</summary>
public sealed class ApiKeyPrincipal : ClaimsPrincipal
{
    internal ApiKeyPrincipal(string name, ApiKeyEntry entry, KeyLimits? limits) : base(IdentityOf(name, entry))
    {
        (KeyName, Merchant, PlacementLimit, QueryLimit) = (name, entry.Merchant!, limits?.Placements, limits?.Queries);
        IsService = entry.Roles is [Roles.Query];
    }

    public string KeyName { get; }

    /// <summary>The merchant (tenant) of the key.</summary>
    public string Merchant { get; }

    /// <summary>The key's own rate of placements; null: as the settings say.</summary>
    public BucketLimit? PlacementLimit { get; }

    /// <summary>The key's own rate of queries; null: as the settings say.</summary>
    internal BucketLimit? QueryLimit { get; }

    /// <summary>True for a key for calls between services.</summary>
    internal bool IsService { get; }

    static ClaimsIdentity IdentityOf(string name, ApiKeyEntry entry) => new(
        [new(ClaimTypes.Name, name), new(ApiKey.MerchantClaim, entry.Merchant!), .. entry.Roles!.Select(role => new Claim(ApiKey.RoleClaim, role))],
        ApiKeyScheme.Name, ClaimTypes.Name, ApiKey.RoleClaim);
}
