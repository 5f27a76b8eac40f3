using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderSaga.Platform.Http;

/// <summary>
/// How a body is read, over HTTP and from the bus. What is not understood is refused: a misspelt member must not be an order that is not meant.
/// </summary>
public static class StrictJson
{
    static readonly JsonSerializerOptions Options = Make();

    /// <exception cref="Problem">400: it names the member that is unknown, there twice or of the wrong type, or where the JSON breaks off.</exception>
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
