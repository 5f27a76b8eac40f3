using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OrderSaga.Platform.Http;

/// <summary>Documents the header fields of responses: when to send a refused request again, and what is left of the caller's rates.</summary>
static class ResponseHeaderDocs
{
    const string Draft = "draft-ietf-httpapi-ratelimit-headers-11. Absent if no rate is set.";

    /// <param name="operation">An operation with all its responses.</param>
    /// <param name="hasRate">A rate can apply to it.</param>
    public static void Add(OpenApiOperation operation, bool hasRate)
    {
        if (operation.Responses is null)
            return;
        foreach (var (status, described) in operation.Responses)
        {
            if (described is not OpenApiResponse response)
                continue;
            if (status is "429" or "503")
                Add(response, "Retry-After", "Send the same request again after this time, in seconds.", "1");
            if (!hasRate || (status[0] != '2' && status != "429"))
                continue;
            Add(response, RateResponses.PolicyHeader, $"The caller's rates: q permits in w seconds. {Draft}", "\"queries\";q=100;w=2");
            Add(response, RateResponses.StateHeader, $"What is left of them: r permits, and more after t seconds. {Draft}", "\"queries\";r=99;t=1");
        }
    }

    static void Add(OpenApiResponse response, string name, string description, string example)
    {
        response.Headers ??= new Dictionary<string, IOpenApiHeader>();
        response.Headers[name] = new OpenApiHeader
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = JsonValue.Create(example),
        };
    }
}
