using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderSaga.Platform.Http;

namespace OrderSaga.Payments.Tests;

/// <summary>A fault of one request.</summary>
enum Fault
{
    None,

    /// <summary>Not executed, no response.</summary>
    LostRequest,

    /// <summary>Executed, no response.</summary>
    LostAnswer,

    /// <summary>Executed, response 500.</summary>
    ErrorAfter,

    /// <summary>Not executed, response 503.</summary>
    ErrorBefore,

    /// <summary>Executed, the connection stays silent.</summary>
    Hang,

    /// <summary>Not executed: too many requests.</summary>
    Busy,

    /// <summary>There is no connection: nothing was sent.</summary>
    NoConnection,

    /// <summary>No response, and executed only when the test says so: see <see cref="FakeGateway.DeliverDelayed"/>.</summary>
    Delayed,
}

/// <summary>An in-process gateway behind the real HTTP client, with its own ledger and scripted faults.</summary>
sealed class FakeGateway : HttpMessageHandler
{
    readonly Lock guard = new();
    readonly Dictionary<string, GatewayOperation> byKey = [];
    readonly List<GatewayOperation> ledger = [];
    readonly Dictionary<string, string?> tokens = [];
    readonly List<Action> delayed = [];
    int next;

    /// <summary>
    /// Called for each request with <c>authorize</c>, <c>capture</c>, <c>void</c>, <c>refund</c>, <c>close</c> or <c>find</c>, and the key or query.
    /// </summary>
    public Func<string, string, Fault> Faults { get; set; } = (_, _) => Fault.None;

    /// <summary>The gateway does not understand the request.</summary>
    public bool Malformed { get; set; }

    /// <summary>Changes how an authorization is reported.</summary>
    public Func<GatewayOperation, GatewayOperation> Telling { get; set; } = received => received;

    /// <summary>Changes the JSON of a response.</summary>
    public Func<string, string> Wording { get; set; } = json => json;

    public int Requests { get; private set; }

    public IReadOnlyList<GatewayOperation> Ledger
    {
        get
        {
            lock (guard)
                return [.. ledger];
        }
    }

    /// <summary>The customer of a hosted payment pays, or does not.</summary>
    public void Conclude(Guid orderId, string status)
    {
        lock (guard)
        {
            var index = ledger.FindIndex(received => received.Reference == orderId.ToString() && received.Operation == "authorize");
            ledger[index] = ledger[index] with { Status = status };
        }
    }

    /// <summary>Adds an operation that we never requested under this key, e.g. a manual one; or removes operations.</summary>
    public void Rewrite(Action<List<GatewayOperation>> change)
    {
        lock (guard)
            change(ledger);
    }

    /// <summary>The requests that got lost on their way arrive now.</summary>
    public void DeliverDelayed()
    {
        lock (guard)
        {
            delayed.ForEach(arrive => arrive());
            delayed.Clear();
        }
    }

    /// <summary>Succeeded operations of one order, e.g. <c>authorize, capture</c>.</summary>
    public string Done(Guid orderId) =>
        string.Join(", ", Ledger.Where(received => received.Reference == orderId.ToString() && received.Status == "succeeded").Select(received =>
            received.Operation));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization!.ToString().ShouldBe("Bearer test-key-of-the-gateway");
        request.Headers.Contains(Deadline.Header).ShouldBeFalse("what moves money ends by its own timeout, never by that of a caller");
        var path = request.RequestUri!.AbsolutePath.Split('/');
        var operation = request.Method == HttpMethod.Get ? "find" : path[^1] == "authorizations" ? "authorize" : path[^1];
        var key = operation switch
        {
            "find" => request.RequestUri.Query,
            "close" => Uri.UnescapeDataString(path[^2]),
            _ => request.Headers.GetValues("Idempotency-Key").Single(),
        };
        Fault fault;
        lock (guard)
        {
            Requests++;
            fault = Faults(operation, key);
        }

        if (fault == Fault.NoConnection)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
        var body = request.Content is null ? default : await request.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (fault == Fault.Delayed)
            Delay(() => Do(operation, key, path, body));
        if (fault is Fault.LostRequest or Fault.Delayed)
            throw new HttpRequestException("the connection was reset");
        if (fault is Fault.ErrorBefore or Fault.Busy)
            return new HttpResponseMessage(fault == Fault.Busy ? HttpStatusCode.TooManyRequests : HttpStatusCode.ServiceUnavailable);
        if (Malformed && operation != "find")
            return Json(HttpStatusCode.UnprocessableEntity, new { title = "no such token" });
        var answer = operation == "find" ? Find(request.RequestUri.Query) : Do(operation, key, path, body);
        if (fault == Fault.LostAnswer)
            throw new HttpRequestException("the connection was reset");
        if (fault == Fault.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        return fault == Fault.ErrorAfter ? new HttpResponseMessage(HttpStatusCode.InternalServerError) : answer;
    }

    void Delay(Action arrive)
    {
        lock (guard)
            delayed.Add(arrive);
    }

    HttpResponseMessage Find(string query)
    {
        var (by, value) = (query[1..].Split('=')[0], Uri.UnescapeDataString(query.Split('=')[1]));
        return Json(HttpStatusCode.OK, new { items = Ledger.Where(received => value == (by == "reference" ? received.Reference : received.IdempotencyKey)) });
    }

    HttpResponseMessage Do(string operation, string key, string[] path, JsonElement body)
    {
        lock (guard)
        {
            if (byKey.TryGetValue(key, out var again))
                return operation == "close" ? Json(HttpStatusCode.OK, again) : Answer(again);
            var made = operation switch
            {
                "authorize" => Authorize(key, body),
                "close" => Close(key, body),
                _ => Follow(operation, key, path[^2]),
            };
            if (made is null)
                return Json(HttpStatusCode.Conflict, new { title = "not now" });
            byKey.Add(key, made);
            ledger.Add(made);
            return operation == "close" ? Json(HttpStatusCode.OK, made) : Answer(made);
        }
    }

    GatewayOperation Authorize(string key, JsonElement body)
    {
        var hosted = body.TryGetProperty("hosted", out _);
        var token = hosted ? null : body.GetProperty("token").GetString();
        var id = $"auth_{++next}";
        tokens[id] = token;
        var reason = token switch { "tok_declined" => "card declined", "tok_soft_declined" => "issuer unavailable", _ => null };
        return Telling(new GatewayOperation(
            id, "authorize", hosted ? "pending" : reason is null ? "succeeded" : "declined", reason, id,
            body.GetProperty("amount").GetInt64(), body.GetProperty("currency").GetString(), body.GetProperty("reference").GetString(), key,
            hosted ? $"http://pay/{id}" : null, hosted ? body.GetProperty("expiresAt").GetDateTimeOffset() : null));
    }

    GatewayOperation Close(string key, JsonElement body)
    {
        var id = $"auth_{++next}";
        return new GatewayOperation(
            id, "authorize", "closed", "closed before it was requested", id, body.GetProperty("amount").GetInt64(),
            body.GetProperty("currency").GetString(), body.GetProperty("reference").GetString(), key, null, null);
    }

    GatewayOperation? Follow(string operation, string key, string target)
    {
        var on = ledger.Single(received => received.Id == target);
        var authorization = ledger.Single(received => received.Id == on.AuthorizationId);
        bool Has(string done) => ledger.Exists(received => received.AuthorizationId == authorization.Id && received.Operation == done
            && received.Status == "succeeded");
        var allowed = operation switch
        {
            "capture" => authorization.Status == "succeeded" && !Has("void") && !Has("capture"),
            "void" => authorization.Status is "succeeded" or "pending" && !Has("void") && !Has("capture"),
            _ => !Has("refund"),
        };
        if (!allowed)
            return null;
        if (operation == "void" && authorization.Status == "pending")
            ledger[ledger.IndexOf(authorization)] = authorization with { Status = "expired" };
        var refused = (operation, tokens[authorization.Id!]) is ("capture", "tok_capture_refused") or ("void" or "refund", "tok_stuck");
        return authorization with
        {
            Id = $"{operation}_{++next}",
            Amount = operation == "refund" ? on.Amount : authorization.Amount,
            Operation = operation,
            Status = refused ? "declined" : "succeeded",
            Reason = refused ? $"{operation} refused by the issuer" : null,
            IdempotencyKey = key,
            Url = null,
            ExpiresAt = null,
        };
    }

    HttpResponseMessage Answer(GatewayOperation made) => made.Status == "closed" ? Json(HttpStatusCode.Conflict, new { type = "key-closed" })
        : Json(made.Status == "declined" ? HttpStatusCode.PaymentRequired : HttpStatusCode.Created, made);

    HttpResponseMessage Json(HttpStatusCode status, object body) =>
        new(status) { Content = new StringContent(Wording(JsonSerializer.Serialize(body, JsonSerializerOptions.Web)), Encoding.UTF8, "application/json") };
}
