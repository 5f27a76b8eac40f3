using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Orders.Model.Participants;

/// <summary>A participant's answer, or why there is none.</summary>
/// <param name="Answer">Null if the participant did not answer.</param>
/// <param name="UnavailableReason">Reason for the missing answer, without internal details.</param>
public sealed record ParticipantResponse<T>(T? Answer, string? UnavailableReason) where T : class;

/// <summary>
/// HTTP client of one service that has information about an order, with a timeout; a circuit breaker skips an address that does not answer. A
/// query that fails is repeated once at another address, if there is one and the <see cref="RetryBudget"/> allows it.
/// </summary>
public sealed class ParticipantClient(
    string name, string? urls, string path, IHttpClientFactory clients, IHttpContextAccessor caller, ParticipantSettings settings, TimeProvider clock,
    ILogger log)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "participants";

    static readonly Counter<long> Retries =
        Instruments.Meter.CreateCounter<long>("ordersaga.participants.retries", "{query}", "Queries repeated at another address, by participant");

    readonly Address[] addresses = AddressesOf(urls, settings, clock);
    readonly RetryBudget budget = new();

    /// <summary><c>stock</c>, <c>payment</c> or <c>case</c>.</summary>
    public string Name => name;

    /// <summary>Never throws for a missing answer: the result has the reason.</summary>
    /// <param name="query">Appended to the path.</param>
    /// <param name="cancel">Cancelled when the caller disconnects or its time is over.</param>
    public async Task<ParticipantResponse<T>> Query<T>(string query, CancellationToken cancel) where T : class
    {
        if (addresses.Length == 0)
            return new ParticipantResponse<T>(null, "its address is not set");
        using var time = Deadline.ForCalls(caller.HttpContext, cancel);
        try
        {
            return new ParticipantResponse<T>(await GetOrRetry<T>(query, time.Token), null);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.Log(IsOutOfTime(failure) ? LogLevel.Debug : LogLevel.Warning,
                "The source {Participant} did not answer a query: {Failure}", name, failure.Message);
            return new ParticipantResponse<T>(null, DescribeFailure(failure));
        }
    }

    /// <summary>Tries the addresses in their order; those after the first only if it fails or its breaker is open.</summary>
    async Task<T> GetOrRetry<T>(string query, CancellationToken cancel) where T : class
    {
        budget.Count();
        var isRetry = false;
        foreach (var address in addresses[..^1])
        {
            try
            {
                return await Get<T>(address, query, cancel);
            }
            catch (BrokenCircuitException)
            {
                // Nothing was sent: the next address gets the first attempt.
            }
            catch (Exception failure) when (!isRetry && !cancel.IsCancellationRequested && MayRetry(failure))
            {
                isRetry = true;
                Retries.Add(1, new KeyValuePair<string, object?>("participant", name));
            }
        }

        return await Get<T>(addresses[^1], query, cancel);
    }

    bool MayRetry(Exception failure) => IsFailureOfAddress(failure) && budget.TryTake();

    /// <summary>A refusal would be the same at each address.</summary>
    static bool IsFailureOfAddress(Exception failure) =>
        failure is HttpRequestException { StatusCode: null or >= HttpStatusCode.InternalServerError } or TimeoutRejectedException or SocketException;

    async Task<T> Get<T>(Address address, string query, CancellationToken cancel) where T : class =>
        await address.Pipeline.ExecuteAsync(async token => await Get<T>(address.Url, query, token), cancel);

    async Task<T> Get<T>(string url, string query, CancellationToken cancel) where T : class
    {
        using var http = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/{path}{query}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
        using var response = await http.SendAsync(request, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancel) ?? throw new JsonException("the answer is empty");
    }

    /// <summary>The time of the request ended the query, or left too little for it.</summary>
    static bool IsOutOfTime(Exception failure) => failure is OperationCanceledException or Problem;

    static string DescribeFailure(Exception failure) => failure switch
    {
        TimeoutRejectedException late => $"no answer within {late.Timeout.TotalMilliseconds:0} ms",
        _ when IsOutOfTime(failure) => "no answer within the time of the request",
        BrokenCircuitException => "not queried: recent queries failed",
        HttpRequestException { StatusCode: { } status } => $"answered {(int)status}",
        HttpRequestException or SocketException => "unreachable",
        _ => "its answer is invalid",
    };

    static Address[] AddressesOf(string? urls, ParticipantSettings settings, TimeProvider clock)
    {
        var found = ParticipantSettings.AddressesOf(urls);
        var timeout = TimeSpan.FromMilliseconds(settings.TimeoutMilliseconds / (found.Length > 1 ? 2d : 1d));
        return [.. found.Select(url => new Address(url.TrimEnd('/'), Build(settings, timeout, clock)))];
    }

    static ResiliencePipeline Build(ParticipantSettings settings, TimeSpan timeout, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // Neither a rate limit nor a caller with little time is a failure of the participant: they must not open the breaker for other callers.
                ShouldHandle = new PredicateBuilder().Handle<Exception>(failure =>
                    !IsOutOfTime(failure) && failure is not HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests }),
                FailureRatio = settings.BreakerFailureRatio,
                MinimumThroughput = settings.BreakerMinimumThroughput,
                SamplingDuration = TimeSpan.FromSeconds(settings.BreakerSamplingSeconds),
                BreakDuration = TimeSpan.FromSeconds(settings.BreakerOpenSeconds),
            })
            .AddTimeout(timeout)
            .Build();

    /// <param name="Url">Without a slash at its end.</param>
    /// <param name="Pipeline">Its own circuit breaker, and the timeout of an attempt.</param>
    sealed record Address(string Url, ResiliencePipeline Pipeline);
}
