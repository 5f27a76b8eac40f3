using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform.Http;

/// <summary>One definition of a key.</summary>
/// <param name="Name">Name of the key.</param>
/// <param name="Source">The key file or the settings source.</param>
/// <param name="Entry">Throws if the definition is invalid.</param>
sealed record ApiKeyDefinition(string Name, string Source, Func<ApiKeyEntry> Entry);

/// <summary>The definitions in the settings, <c>ApiKeys:Keys:NAME</c>.</summary>
/// <param name="Definitions">One for each key and source.</param>
/// <param name="Failure">Why a settings file could not be read again; its keys are missing then.</param>
sealed record ApiKeySettings(IReadOnlyList<ApiKeyDefinition> Definitions, string? Failure)
{
    static readonly string[] Fields = ["Merchant", "Sha256", "Roles", "CreatedAt", "ExpiresAt", "Rates"];

    public static ApiKeySettings Of(IConfiguration configuration, string? failure = null) =>
        new([.. configuration.GetSection("ApiKeys:Keys").GetChildren().SelectMany(section => Of(section, (IConfigurationRoot)configuration))], failure);

    static IEnumerable<ApiKeyDefinition> Of(IConfigurationSection section, IConfigurationRoot configuration) =>
        Sources(section, configuration).Select(source => new ApiKeyDefinition(section.Key.ToLowerInvariant(), source, () => Entry(section)));

    /// <summary>The sources that define the key. Sources with the same values, such as a command line read twice, are one.</summary>
    static IEnumerable<string> Sources(IConfigurationSection section, IConfigurationRoot configuration) => configuration.Providers
        .GroupBy(provider => string.Join('\n', section.AsEnumerable().Select(pair => provider.TryGet(pair.Key, out var value) ? value : null)))
        .Where(sources => sources.Key.Trim('\n').Length > 0)
        .Select(sources => sources.First().ToString()!);

    static ApiKeyEntry Entry(IConfigurationSection section)
    {
        if (section.GetChildren().Select(field => field.Key).Except(Fields, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"It has an unknown field: {unknown}.");
        return new ApiKeyEntry
        {
            Merchant = section["Merchant"],
            Sha256 = section["Sha256"],
            Roles = section.GetSection("Roles").Get<string[]>(),
            CreatedAt = section.GetValue<DateTimeOffset?>("CreatedAt"),
            ExpiresAt = section.GetValue<DateTimeOffset?>("ExpiresAt"),
            Rates = RatesIn(section.GetSection("Rates")),
        };
    }

    static JsonElement? RatesIn(IConfigurationSection section) =>
        section.Exists() ? JsonSerializer.SerializeToElement(section.Get<Dictionary<string, Dictionary<string, string>>>()) : null;
}
