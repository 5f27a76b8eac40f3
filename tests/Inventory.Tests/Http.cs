using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace OrderSaga.Inventory.Tests;

static class Http
{
    public static Task<HttpResponseMessage> Post(this HttpClient client, string path, string body) =>
        client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    public static Task<JsonElement> Get(this HttpClient client, string path) => client.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Asserts an RFC 9457 problem of this type with advice for the caller.</summary>
    public static async Task ShouldBeProblem(this HttpResponseMessage answer, int status, string name)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", text);
        var body = JsonDocument.Parse(text).RootElement;
        body.GetProperty("type").GetString().ShouldBe("https://ordersaga.dev/problems/" + name, text);
        body.GetProperty("status").GetInt32().ShouldBe(status);
        body.GetProperty("detail").GetString()!.Length.ShouldBeGreaterThan(20, text);
    }
}
