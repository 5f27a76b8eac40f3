using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OrderSaga.Platform.History;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Orders.Api;

/// <summary>What is missing in a timeline.</summary>
/// <param name="Source">Whose items.</param>
/// <param name="Reason">Why they are not there.</param>
public sealed record TimelineGap(string Source, string Reason);

/// <summary>What one participant told, or why it did not.</summary>
sealed record Told(IReadOnlyList<HistoryItem> Items, TimelineGap? Gap);

/// <summary>One who has a part in orders, asked over HTTP with a bound on its time; one that does not answer is left alone for a while.</summary>
sealed class Participant(string name, string? url, string path, IHttpClientFactory clients, ParticipantSettings settings, TimeProvider clock, ILogger log)
{
    readonly ResiliencePipeline pipeline = Build(settings, clock);

    /// <summary>Never fails: what cannot be had is a gap with its reason.</summary>
    public async Task<Told> History(Guid orderId, CancellationToken cancel)
    {
        if (url is null)
            return Missing("its address is not set");
        try
        {
            var history = await pipeline.ExecuteAsync(async token => await Ask(orderId, token), cancel);
            return new Told(history.Items, history.Complete ? null : new TimelineGap(name, $"only its first {AuditHistory.MostItems} items are here"));
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("{Participant} did not tell its history: {Failure}", name, failure.Message);
            return Missing(Reason(failure));
        }
    }

    async Task<AuditHistory> Ask(Guid orderId, CancellationToken cancel)
    {
        using var http = clients.CreateClient(Participants.Client);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url!.TrimEnd('/')}/{path}/{orderId}/history");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
        using var response = await http.SendAsync(request, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<AuditHistory>(JsonSerializerOptions.Web, cancel) ?? throw new JsonException("the answer is empty");
    }

    Told Missing(string reason) => new([], new TimelineGap(name, reason));

    /// <summary>For merchants: nothing of the inside.</summary>
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
            // Asked too often is no fault of the participant's, and must not cost other merchants their answers.
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

/// <summary>All that have a part in an order: the participants, and who looks after what went wrong.</summary>
sealed class Participants(IHttpClientFactory clients, ParticipantSettings settings, TimeProvider clock, ILogger<Participants> log)
{
    public const string Client = "participants";

    readonly Participant[] all =
    [
        new("stock", settings.StockUrl, "branches/stock", clients, settings, clock, log),
        new("payment", settings.PaymentUrl, "branches/payment", clients, settings, clock, log),
        new("case", settings.CaseUrl, "cases/orders", clients, settings, clock, log),
    ];

    public Task<Told[]> Histories(Guid orderId, CancellationToken cancel) => Task.WhenAll(all.Select(one => one.History(orderId, cancel)));
}
