using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace OrderSaga.Platform.Http;

/// <summary>The keys of the section <c>ApiKeys:Keys</c> (a list, or an object by name); reloaded when a settings file changes.</summary>
sealed partial class ApiKeyRing : IDisposable
{
    readonly IConfiguration configuration;
    readonly ILogger<ApiKeyRing> log;
    readonly IDisposable changes;
    volatile IReadOnlyList<ApiKey> keys;

    public ApiKeyRing(IConfiguration configuration, ILogger<ApiKeyRing> log)
    {
        (this.configuration, this.log) = (configuration, log);
        keys = Read(configuration);
        changes = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>Compares every key in constant time, so that the response time reveals nothing.</summary>
    public ApiKey? Find(string presented)
    {
        var hash = ApiKey.HashOf(presented);
        ApiKey? found = null;
        foreach (var key in keys)
            found = key.Matches(hash) ? key : found;
        return found;
    }

    public static IReadOnlyList<ApiKey> Read(IConfiguration configuration) =>
        [.. configuration.GetSection("ApiKeys:Keys").GetChildren().Select(Read)];

    static ApiKey Read(IConfigurationSection section)
    {
        var name = section["Name"] ?? section.Key;
        var merchant = section["Merchant"] ?? "";
        var roles = section.GetSection("Roles").Get<string[]>() ?? [];
        if (!ValidMerchant(merchant))
            throw new InvalidOperationException($"{section.Path}: Merchant '{merchant}' is invalid: use {MerchantRule}.");
        if (!Sha256Hex().IsMatch(section["Sha256"] ?? ""))
            throw new InvalidOperationException($"{section.Path}: Sha256 must be the key's SHA-256 hash as 64 hex digits.");
        if (roles.Length == 0 || roles.Except(Roles.All).Any())
            throw new InvalidOperationException($"{section.Path}: Roles must be from {string.Join(", ", Roles.All)}.");
        return new ApiKey(name, merchant, section["Sha256"]!, roles);
    }

    /// <summary>Lower case only: some databases compare names without case.</summary>
    public const string MerchantRule = "1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    public static bool ValidMerchant(string? merchant) => merchant is not null && MerchantName().IsMatch(merchant);

    void Reload()
    {
        try
        {
            keys = Read(configuration);
            log.LogInformation("Reloaded {Count} API keys", keys.Count);
        }
        catch (InvalidOperationException wrong)
        {
            log.LogError("The changed API keys are invalid; the previous keys stay in force: {Reason}", wrong.Message);
        }
    }

    public void Dispose() => changes.Dispose();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.None, 100)]
    private static partial Regex MerchantName();

    [GeneratedRegex("^[0-9a-fA-F]{64}$", RegexOptions.None, 100)]
    private static partial Regex Sha256Hex();
}
