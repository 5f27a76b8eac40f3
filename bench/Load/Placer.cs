using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace OrderSaga.Bench;

/// <summary>An acknowledged order.</summary>
/// <param name="Order">Id of the order.</param>
/// <param name="Milliseconds">Time from the acknowledged request to its answer.</param>
sealed record Placement(Guid Order, double Milliseconds);

/// <summary>
/// Well-behaved clients of POST /orders: a refused one waits for Retry-After and repeats the order under the same key until it gets a 2xx.
/// </summary>
sealed class Placer : IDisposable
{
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(100);

    readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
    });

    readonly Uri orders;
    readonly AuthenticationHeaderValue key;
    readonly ConcurrentDictionary<int, int> refusals = new();

    public Placer(Uri api, string apiKey) => (orders, key) = (new Uri(api, "orders"), new AuthenticationHeaderValue("Bearer", apiKey));

    /// <summary>Other answers than 2xx by status; 0: no answer.</summary>
    public IReadOnlyDictionary<int, int> Refusals => refusals;

    /// <summary>Repeats the request until it is acknowledged.</summary>
    public async Task<Placement> Place(Draft draft, CancellationToken cancel)
    {
        while (true)
        {
            var (placement, delay) = await Try(draft, cancel);
            if (placement is not null)
                return placement;
            await Task.Delay(delay, TimeProvider.System, cancel);
        }
    }

    /// <summary>Sends the request once.</summary>
    /// <returns>The placement, or the delay before the next attempt.</returns>
    public async Task<(Placement? Placed, TimeSpan Delay)> Try(Draft draft, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var request = Request(draft);
            using var answer = await http.SendAsync(request, limit.Token);
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK)
            {
                // An unread body would block the connection for the next request.
                await answer.Content.CopyToAsync(Stream.Null, limit.Token);
                return (new Placement(IdOf(answer), Stopwatch.GetElapsedTime(start).TotalMilliseconds), default);
            }

            refusals.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
            return answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError
                ? (null, answer.Headers.RetryAfter?.Delta ?? MinDelay)
                : throw new InvalidOperationException($"POST /orders: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancel)}");
        }
        catch (Exception unavailable) when (unavailable is HttpRequestException or IOException
            || (unavailable is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            refusals.AddOrUpdate(0, 1, (_, count) => count + 1);
            return (null, MinDelay);
        }
    }

    public void Dispose() => http.Dispose();

    HttpRequestMessage Request(Draft draft)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, orders) { Content = new ByteArrayContent(draft.Body) };
        request.Headers.Authorization = key;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", draft.Key);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return request;
    }

    static Guid IdOf(HttpResponseMessage answer) =>
        Guid.Parse(answer.Headers.Location!.OriginalString.AsSpan("/orders/".Length), CultureInfo.InvariantCulture);
}
