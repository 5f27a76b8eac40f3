using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Reads JSON bodies, from HTTP and the bus, and refuses unknown members: a misspelt member must not place another order than intended.
/// </summary>
public static class StrictJson
{
    static readonly JsonSerializerOptions Options = Make();

    /// <exception cref="Problem">400 for an unknown or duplicate member, a wrong type or invalid JSON; names the place.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(utf8, Options) ?? throw new JsonException("The value null could not be converted.");
        }
        catch (JsonException wrong)
        {
            throw Problems.From(wrong);
        }
    }

    internal static void Apply(JsonSerializerOptions json)
    {
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.PropertyNameCaseInsensitive = false;
        json.AllowDuplicateProperties = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.MaxDepth = 16;
    }

    static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        return options;
    }
}
