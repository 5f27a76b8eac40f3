using System.Text.Json;
using System.Text.Json.Serialization;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>
/// The rates of one API key in place of those of the settings, for example <c>"Rates": { "Place": { "PerSecond": 50, "Burst": 100 } }</c>.
/// </summary>
/// <param name="Placements">Of placements; null: as the settings say.</param>
/// <param name="Queries">Of queries; null: as the settings say.</param>
sealed record KeyLimits(BucketLimit? Placements, BucketLimit? Queries)
{
    const string Place = "Place", Query = "Query", PerSecond = "PerSecond", Burst = "Burst";
    const int MaxPerSecond = 100_000;

    /// <summary>Values of the environment are texts.</summary>
    static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads <c>Rates</c> of a key's definition; null without it.</summary>
    /// <exception cref="InvalidRatesException">A rate is invalid.</exception>
    public static KeyLimits? Read(JsonElement? definition)
    {
        if (definition is not { } text)
            return null;
        try
        {
            var rates = Named(text.Deserialize<Dictionary<string, Dictionary<string, int>>>(Json), Place, Query);
            return new KeyLimits(LimitOf(rates, Place, RateSettings.Placements), LimitOf(rates, Query, RateSettings.Queries));
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            throw new InvalidRatesException($"Rates must be as in {{\"Place\":{{\"PerSecond\":50,\"Burst\":100}}}}: {wrong.Message}", wrong);
        }
    }

    static BucketLimit? LimitOf(Dictionary<string, Dictionary<string, int>> rates, string kind, string name)
    {
        if (!rates.TryGetValue(kind, out var given))
            return null;
        var rate = Named(given, PerSecond, Burst);
        var perSecond = rate.GetValueOrDefault(PerSecond);
        int? burst = rate.TryGetValue(Burst, out var found) ? found : null;
        return perSecond is >= 1 and <= MaxPerSecond && BucketLimit.IsBurst(burst, perSecond)
            ? BucketLimit.Of(name, perSecond, burst)
            : throw new ArgumentException(
                $"{kind} needs PerSecond, 1 to {MaxPerSecond}, and may have Burst, PerSecond to {BucketLimit.MaxFillSeconds} times PerSecond.");
    }

    /// <summary>The members by name, in any case; others are refused.</summary>
    static Dictionary<string, TValue> Named<TValue>(Dictionary<string, TValue>? given, params string[] names)
    {
        var members = new Dictionary<string, TValue>(given ?? [], StringComparer.OrdinalIgnoreCase);
        return members.Count > 0 && !members.Keys.Except(names, StringComparer.OrdinalIgnoreCase).Any()
            ? members
            : throw new ArgumentException($"Use one or both of {string.Join(" and ", names)}, and nothing else.");
    }
}

/// <summary>Only the rates of a key are invalid: the key is as it was.</summary>
sealed class InvalidRatesException(string message, Exception inner) : ArgumentException(message, inner);
