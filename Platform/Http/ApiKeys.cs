using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderSaga.Platform.Http;

/// <summary>Creates API keys. There is no built-in key.</summary>
public static class ApiKeys
{
    /// <summary>Key file in the data directory (or in <c>ApiKeys:Directory</c>); every process reads it.</summary>
    public const string FileName = "api-keys.json";

    /// <inheritdoc cref="ApiKeyRing.MerchantRule"/>
    public const string MerchantRule = ApiKeyRing.MerchantRule;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Creates a key of 256 random bits and writes its hash to <see cref="FileName"/> in <paramref name="directory"/> (mode 0600). An
    /// existing key of the same name is replaced and stops working. The returned key is not stored.
    /// </summary>
    public static string Create(string directory, string name, string merchant, params string[] roles)
    {
        Check(name, merchant, roles);
        var key = "os_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var file = Path.Combine(directory, FileName);
        Directory.CreateDirectory(directory);
        var root = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))!.AsObject() : [];
        Keys(root)[name] = new JsonObject
        {
            ["Merchant"] = merchant,
            ["Sha256"] = Convert.ToHexStringLower(ApiKey.HashOf(key)),
            ["Roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]),
        };
        Replace(file, root.ToJsonString(Indented));
        return key;
    }

    public static bool ValidMerchant(string? merchant) => ApiKeyRing.ValidMerchant(merchant);

    static void Check(string name, string merchant, string[] roles)
    {
        if (!ValidMerchant(name) || !ValidMerchant(merchant))
            throw new ArgumentException($"A key's name and merchant must be {MerchantRule}.");
        if (roles.Length == 0 || roles.Except(Roles.All).Any())
            throw new ArgumentException($"A key's roles must be from {string.Join(", ", Roles.All)}.");
    }

    /// <summary>Keys are an object by name, so that two settings files cannot mix the fields of two keys.</summary>
    static JsonObject Keys(JsonObject root)
    {
        root["ApiKeys"] ??= new JsonObject();
        root["ApiKeys"]!["Keys"] ??= new JsonObject();
        return root["ApiKeys"]!["Keys"] as JsonObject
            ?? throw new InvalidOperationException($"{FileName}: ApiKeys:Keys must be an object by name, or no key can be added.");
    }

    static void Replace(string file, string text)
    {
        var fresh = file + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(fresh, options))
            writer.WriteLine(text);
        File.Move(fresh, file, overwrite: true);
    }
}
