using System.Security.Cryptography;
using System.Text;
using OrderSaga.Platform.Http;

namespace Testing;

/// <summary>API keys in settings; a host with them needs no key file.</summary>
public static class TestKeys
{
    /// <summary>One key for each role, of the merchant acme.</summary>
    public static IEnumerable<string> Settings => Roles.All.SelectMany(role => Define(role, "acme", Of(role), role));

    /// <summary>The key of <see cref="Settings"/> with this role.</summary>
    public static string Of(string role) => "key-of-" + role;

    /// <summary>The settings that define a key.</summary>
    public static IEnumerable<string> Define(string name, string merchant, string key, string role) =>
    [
        $"ApiKeys:Keys:{name}:Merchant={merchant}", $"ApiKeys:Keys:{name}:Roles:0={role}",
        $"ApiKeys:Keys:{name}:Sha256={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}",
    ];
}
