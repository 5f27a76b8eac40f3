using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Orders.Model.Participants;

/// <summary>A participant's answer, or why there is none.</summary>
/// <param name="Answer">Null if the participant did not answer.</param>
/// <param name="UnavailableReason">Reason for the missing answer, without internal details.</param>
public sealed record ParticipantResponse<T>(T? Answer, string? UnavailableReason) where T : class;

/// <summary>
/// HTTP client of one service that has information about an order, with a timeout; a circuit breaker skips a service that does not answer.
/// </summary>
public sealed class ParticipantClient(
    string name, string? url, string path, IHttpClientFactory clients, ParticipantSettings settings, TimeProvider clock, ILogger log)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "participants";

    readonly ResiliencePipeline pipeline = Build(settings, clock);

    /// <summary><c>stock</c>, <c>payment</c> or <c>case</c>.</summary>
    public string Name => name;

    /// <summary>Never throws for a missing answer: the result has the reason.</summary>
    /// <param name="query">Appended to the path.</param>
    /// <param name="cancel">Cancelled when the caller disconnects.</param>
    public async Task<ParticipantResponse<T>> Query<T>(string query, CancellationToken cancel) where T : class
    {
        if (url is null)
            return new ParticipantResponse<T>(null, "its address is not set");
        try
        {
            return new ParticipantResponse<T>(await pipeline.ExecuteAsync(async token => await Get<T>(query, token), cancel), null);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("The source {Participant} did not answer a query: {Failure}", name, failure.Message);
            return new ParticipantResponse<T>(null, DescribeFailure(failure));
        }
    }

    async Task<T> Get<T>(string query, CancellationToken cancel)
    {
        using var http = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url!.TrimEnd('/')}/{path}{query}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
        using var response = await http.SendAsync(request, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancel) ?? throw new JsonException("the answer is empty");
    }

    string DescribeFailure(Exception failure) => failure switch
    {
        TimeoutRejectedException => $"no answer within {settings.TimeoutMilliseconds} ms",
        BrokenCircuitException => "not queried: recent queries failed",
        HttpRequestException { StatusCode: { } status } => $"answered {(int)status}",
        HttpRequestException => "unreachable",
        _ => "its answer is invalid",
    };

    static ResiliencePipeline Build(ParticipantSettings settings, TimeProvider clock) => new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            // A rate limit is not a failure of the participant, and must not open the breaker for other callers.
            ShouldHandle = new PredicateBuilder().Handle<Exception>(failure =>
                failure is not (OperationCanceledException or HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests })),
            FailureRatio = settings.BreakerFailureRatio,
            MinimumThroughput = settings.BreakerMinimumThroughput,
            SamplingDuration = TimeSpan.FromSeconds(settings.BreakerSamplingSeconds),
            BreakDuration = TimeSpan.FromSeconds(settings.BreakerOpenSeconds),
        })
        .AddTimeout(TimeSpan.FromMilliseconds(settings.TimeoutMilliseconds))
        .Build();
}
