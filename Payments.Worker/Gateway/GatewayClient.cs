using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace OrderSaga.Payments;

/// <summary>HTTP client of the gateway; the only place that interprets its status codes.</summary>
sealed class GatewayClient(HttpClient http, GatewaySettings settings) : IGateway
{
    public async Task<GatewayAnswer> Send(GatewayCall call, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Post, PathOf(call));
        using var body = new WatchedBody(JsonPayload.Of(BodyOf(call)));
        request.Content = body;
        request.Headers.Add("Idempotency-Key", call.Key);
        using var response = await Send(request, body, cancel);
        return response.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.PaymentRequired =>
                Answer(call, await Read<GatewayOperation>(response, cancel)),
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => throw await Rejected(call, malformed: true, response, cancel),
            HttpStatusCode.TooManyRequests => throw await Busy(call, response, cancel),
            HttpStatusCode.NotFound or HttpStatusCode.Conflict => throw await Rejected(call, malformed: false, response, cancel),
            _ => throw new GatewayNoAnswerException(await Describe(call, response, cancel)),
        };
    }

    public async Task<GatewayAnswer?> Find(GatewayCall call, CancellationToken cancel)
    {
        var byKey = await Operations(call, "idempotencyKey", call.Key, cancel);
        var own = byKey.FirstOrDefault(received => received.Operation == PaymentAttempt.Name(call.Operation)) is { } received
            ? Answer(call, received) : null;
        // Another party may have done what was declined under our key.
        return call.Operation == Operation.Authorize || own is { Result: not GatewayResult.Declined } ? own
            : GatewayResponses.Conclude(call, await Operations(call, "reference", call.OrderId.ToString(), cancel)) ?? own;
    }

    public async Task<GatewayAnswer> Close(GatewayCall call, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Post, $"v1/keys/{Uri.EscapeDataString(call.Key)}/close");
        request.Content = JsonPayload.Of(new { reference = call.OrderId, call.Amount, call.Currency });
        using var response = await http.SendAsync(request, cancel);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => Answer(call, await Read<GatewayOperation>(response, cancel)),
            HttpStatusCode.TooManyRequests => throw await Busy(call, response, cancel),
            _ => throw new GatewayNoAnswerException(await Describe(call, response, cancel)),
        };
    }

    /// <summary>A failure before the body was begun is certain: the gateway got no request.</summary>
    async Task<HttpResponseMessage> Send(HttpRequestMessage request, WatchedBody body, CancellationToken cancel)
    {
        try
        {
            return await http.SendAsync(request, cancel);
        }
        catch (Exception failure) when (!body.Begun)
        {
            throw new GatewayNotReachedException($"{failure.GetType().Name}: {failure.Message}");
        }
    }

    GatewayAnswer Answer(GatewayCall call, GatewayOperation reported)
    {
        var answer = GatewayResponses.Answer(call, reported);
        var soft = answer.Result == GatewayResult.Declined && call.Operation == Operation.Authorize
            && settings.SoftDeclines.Contains(reported.Reason, StringComparer.OrdinalIgnoreCase);
        return soft ? answer with { Soft = true } : answer;
    }

    async Task<IReadOnlyList<GatewayOperation>> Operations(GatewayCall call, string by, string value, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, $"v1/operations?{by}={Uri.EscapeDataString(value)}");
        using var response = await http.SendAsync(request, cancel);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            throw await Busy(call, response, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new GatewayNoAnswerException(await Describe(call, response, cancel));
        return (await Read<GatewayOperations>(response, cancel)).Items ?? throw new GatewayNoAnswerException("the gateway's ledger has no items");
    }

    HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri(settings.BaseAddress, path))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", settings.Key) },
    };

    static string PathOf(GatewayCall call) => call.Operation switch
    {
        Operation.Authorize => "v1/authorizations",
        Operation.Capture => $"v1/authorizations/{Target(call)}/capture",
        Operation.Void => $"v1/authorizations/{Target(call)}/void",
        _ => $"v1/captures/{Target(call)}/refund",
    };

    static string Target(GatewayCall call) =>
        Uri.EscapeDataString(call.Target ?? throw new InvalidOperationException($"{call.Key} has no target operation."));

    static object BodyOf(GatewayCall call) => call switch
    {
        { Operation: not Operation.Authorize } => new { },
        { PayBefore: { } end } => new { reference = call.OrderId, call.Amount, call.Currency, hosted = true, expiresAt = end },
        _ => new { reference = call.OrderId, call.Amount, call.Currency, call.Token },
    };

    static async Task<T> Read<T>(HttpResponseMessage response, CancellationToken cancel) where T : class =>
        GatewayJson.Read<T>(await response.Content.ReadAsByteArrayAsync(cancel));

    static async Task<GatewayRejectedException> Rejected(GatewayCall call, bool malformed, HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        return new GatewayRejectedException(malformed, Describe(call, response, body), GatewayJson.Code(body));
    }

    static async Task<GatewayBusyException> Busy(GatewayCall call, HttpResponseMessage response, CancellationToken cancel) =>
        new(await Describe(call, response, cancel), response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero);

    static async Task<string> Describe(GatewayCall call, HttpResponseMessage response, CancellationToken cancel) =>
        Describe(call, response, await response.Content.ReadAsByteArrayAsync(cancel));

    /// <summary>For operators: the gateway's text, which may repeat the request.</summary>
    static string Describe(GatewayCall call, HttpResponseMessage response, byte[] body) =>
        $"{(int)response.StatusCode} {Text.Clean(GatewayResponses.Mask(call, Encoding.UTF8.GetString(body)), 300)}".TrimEnd();
}
