using System.Net.Http.Headers;
using System.Text.Json;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>A JSON request body with a Content-Length. JsonContent sends chunks, which small HTTP servers read as an empty body.</summary>
public static class JsonPayload
{
    public static HttpContent Of(object body) => new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), WebJson.Options))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
    };
}
