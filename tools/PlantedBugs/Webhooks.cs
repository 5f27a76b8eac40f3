using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PlantedBugs;

/// <summary>Webhooks that the gateway did not send.</summary>
static class Webhooks
{
    static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The gateway's secret; a stale webhook is signed with it.</summary>
    public static string Secret { get; } = "whsec_" + Convert.ToBase64String(Key);

    /// <summary>Reports the order as paid, signed with a foreign secret.</summary>
    public static Task Forge(Running system, Order order) => Post(system, order, TimeSpan.Zero, RandomNumberGenerator.GetBytes(32));

    /// <summary>Correctly signed, one hour ago.</summary>
    public static Task Stale(Running system, Order order) => Post(system, order, TimeSpan.FromHours(1), Key);

    static async Task Post(Running system, Order order, TimeSpan age, byte[] key)
    {
        var id = $"msg_{Guid.CreateVersion7():N}";
        var at = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var data = new { authorizationId = "auth_forged", reference = order.Id, order.Total.Amount, order.Total.Currency };
        var body = JsonSerializer.Serialize(new { type = "authorization.succeeded", data }, JsonSerializerOptions.Web);
        using var http = new HttpClient { BaseAddress = system.Url("Payments.Worker") };
        using var request = new HttpRequestMessage(HttpMethod.Post, "webhooks/gateway");
        request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at);
        request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{at}.{body}"))));
        using var answer = await http.SendAsync(request);
    }
}
