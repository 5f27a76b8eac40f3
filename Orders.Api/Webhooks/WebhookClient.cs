using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>Sends one attempt. Reads only the status: a receiver's answer must not fill our memory or log.</summary>
sealed class WebhookClient(IHttpClientFactory clients, WebhookSettings settings, TimeProvider clock)
{
    public const string Client = "webhooks";
    const int MaxErrorLength = 300;

    public async Task<SendResult> Send(WebhookDelivery delivery, WebhookEndpoint endpoint)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.TimeoutSeconds), clock);
        try
        {
            using var http = clients.CreateClient(Client);
            using var request = Sign(delivery, endpoint, clock.GetUtcNow());
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var status = (int)answer.StatusCode;
            return new SendResult(status, status is >= 200 and < 300 ? null : $"answered {status}");
        }
        catch (OperationCanceledException)
        {
            return new SendResult(null, $"no answer within {settings.TimeoutSeconds} s");
        }
        catch (HttpRequestException failure)
        {
            return new SendResult(null, Text.Clean(failure.Message, MaxErrorLength));
        }
    }

    static HttpRequestMessage Sign(WebhookDelivery delivery, WebhookEndpoint endpoint, DateTimeOffset now)
    {
        var request = StandardWebhook.Post(endpoint.Url, delivery.WebhookId, delivery.Body, endpoint.Keys(now.UtcDateTime), now);
        request.Headers.UserAgent.ParseAdd("OrderSaga-Webhooks/1.0");
        return request;
    }

    /// <summary>No redirects, proxies or cookies; the address is checked when connecting.</summary>
    public static SocketsHttpHandler Handler(WebhookUrlPolicy destinations, WebhookSettings settings) => new()
    {
        ConnectCallback = destinations.Connect,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        ConnectTimeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    };
}
