using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Orders.Model.Participants;

/// <summary>What a participant told, or why it did not.</summary>
/// <param name="Answer">Null: it did not tell.</param>
/// <param name="Silence">Why it did not; nothing of the inside.</param>
public sealed record Told<T>(T? Answer, string? Silence) where T : class;

/// <summary>One who has a part in orders, asked over HTTP with a bound on its time; one that does not answer is left alone for a while.</summary>
public sealed class Participant(
    string name, string? url, string path, IHttpClientFactory clients, ParticipantSettings settings, TimeProvider clock, ILogger log)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "participants";

    readonly ResiliencePipeline pipeline = Build(settings, clock);

    /// <summary><c>stock</c>, <c>payment</c> or <c>case</c>.</summary>
    public string Name => name;

    /// <summary>Never fails: what cannot be had has a reason.</summary>
    /// <param name="query">What follows the path.</param>
    /// <param name="cancel">Whoever asks has gone.</param>
    public async Task<Told<T>> Ask<T>(string query, CancellationToken cancel) where T : class
    {
        if (url is null)
            return new Told<T>(null, "its address is not set");
        try
        {
            return new Told<T>(await pipeline.ExecuteAsync(async token => await Get<T>(query, token), cancel), null);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("{Participant} did not tell what it did: {Failure}", name, failure.Message);
            return new Told<T>(null, Reason(failure));
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

    string Reason(Exception failure) => failure switch
    {
        TimeoutRejectedException => $"no answer within {settings.TimeoutMilliseconds} ms",
        BrokenCircuitException => "not asked: it did not answer others a moment ago",
        HttpRequestException { StatusCode: { } status } => $"answered {(int)status}",
        HttpRequestException => "not reachable",
        _ => "its answer could not be read",
    };

    static ResiliencePipeline Build(ParticipantSettings settings, TimeProvider clock) => new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            // Asked too often is no fault of the participant's, and must not cost others their answers.
            ShouldHandle = new PredicateBuilder().Handle<Exception>(failure =>
                failure is not (OperationCanceledException or HttpRequestException { StatusCode: HttpStatusCode.TooManyRequests })),
            FailureRatio = settings.BreakerRatio,
            MinimumThroughput = settings.BreakerCalls,
            SamplingDuration = TimeSpan.FromSeconds(settings.BreakerWindowSeconds),
            BreakDuration = TimeSpan.FromSeconds(settings.BreakerOpenSeconds),
        })
        .AddTimeout(TimeSpan.FromMilliseconds(settings.TimeoutMilliseconds))
        .Build();
}
