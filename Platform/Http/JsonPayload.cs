using System.Net.Http.Headers;
using System.Text.Json;

namespace OrderSaga.Platform.Http;

/// <summary>JSON to send. It has a Content-Length, unlike JsonContent: small HTTP servers read a chunked body as an empty one.</summary>
public static class JsonPayload
{
    public static HttpContent Of(object body) => new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), WebJson.Options))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
    };
}
