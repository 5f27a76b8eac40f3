using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrderSaga.Platform.Http;

/// <summary>Creates, rotates and revokes the API keys of a key file. Running processes follow within seconds. There is no built-in key.</summary>
public static partial class ApiKeys
{
    /// <summary>Key file in the data directory (or in <c>ApiKeys:Directory</c>); every process reads it.</summary>
    public const string FileName = "api-keys.json";

    /// <summary>Lower case only: some databases compare names without case.</summary>
    public const string MerchantRule = "1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    /// <inheritdoc cref="Create(string, string, string, string[], DateTimeOffset?)"/>
    public static string Create(string directory, string name, string merchant, params string[] roles) => Create(directory, name, merchant, roles, null);

    /// <summary>
    /// Creates a key of 256 random bits and writes its hash to <see cref="FileName"/> in <paramref name="directory"/> (mode 0600). An
    /// existing key of the same name is replaced and stops working. The returned key is not stored.
    /// </summary>
    /// <exception cref="ArgumentException">A value is invalid.</exception>
    public static string Create(string directory, string name, string merchant, string[] roles, DateTimeOffset? expiresAt) =>
        Store(directory, name, _ => new ApiKeyEntry { Merchant = merchant, Roles = roles, ExpiresAt = expiresAt });

    /// <summary>Replaces a key by a new one with the same merchant and roles; the old one stops working.</summary>
    /// <exception cref="ArgumentException">The key does not exist, or expires and <paramref name="expiresAt"/> is not given.</exception>
    public static string Rotate(string directory, string name, DateTimeOffset? expiresAt = null) => Store(directory, name, keys =>
    {
        var old = keys.TryGetValue(name, out var definition) ? ApiKeyFile.Entry(definition) : throw Missing(name);
        return old.ExpiresAt is null || expiresAt is not null
            ? old with { ExpiresAt = expiresAt }
            : throw new ArgumentException($"The key '{name}' expires at {old.ExpiresAt:u}: set when the new one expires.");
    });

    /// <summary>Removes a key: it stops working, and its open streams end.</summary>
    /// <exception cref="ArgumentException">The key does not exist.</exception>
    public static void Revoke(string directory, string name) => new ApiKeyFile(directory).Change(keys =>
    {
        if (!keys.Remove(name))
            throw Missing(name);
    });

    public static bool ValidMerchant(string? merchant) => merchant is not null && MerchantName().IsMatch(merchant);

    static string Store(string directory, string name, Func<Dictionary<string, JsonElement>, ApiKeyEntry> make)
    {
        var key = "os_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = TimeProvider.System.GetUtcNow();
        new ApiKeyFile(directory).Change(keys =>
        {
            var entry = make(keys) with { Sha256 = Convert.ToHexStringLower(ApiKey.HashOf(key)), CreatedAt = now };
            if (new ApiKey(name, FileName, entry).IsExpired(now))
                throw new ArgumentException("A key must expire in the future.");
            keys[name] = ApiKeyFile.Definition(entry);
        });
        return key;
    }

    static ArgumentException Missing(string name) => new($"{FileName} has no key '{name}'.");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.None, 100)]
    private static partial Regex MerchantName();
}
