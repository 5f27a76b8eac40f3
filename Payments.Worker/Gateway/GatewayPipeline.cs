using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderSaga.Payments;

/// <summary>
/// Adds a timeout and a circuit breaker to gateway calls, apart for each lane. Queries about waiting payments have their own breaker: their
/// failures must not stop calls that move money.
/// </summary>
sealed class GatewayPipeline(IGateway gateway, PaymentsSettings settings, TimeProvider clock)
{
    readonly ConcurrentDictionary<string, (ResiliencePipeline Calls, ResiliencePipeline Polls)> pipelines = new(StringComparer.Ordinal);

    /// <summary>
    /// Sends the call, or queries first if it may have been sent before. Throws if there is no certain answer. An operation that the ledger lacks
    /// and that may not be sent counts as declined, unless the gateway has given its id.
    /// </summary>
    public async Task<GatewayAnswer> Run(QueuedCall queued)
    {
        var (calls, polls) = pipelines.GetOrAdd(queued.Lane, lane =>
            (Build(settings, clock, PaymentsMetrics.BreakerOf(lane)), Build(settings, clock, _ => ValueTask.CompletedTask)));
        var inTime = !(queued.SendBefore <= clock.GetUtcNow().UtcDateTime);
        var maySend = queued.MaySend && inTime;
        if (!queued.AskFirst && maySend)
            return await Send(queued.Call, calls);
        if (await Find(queued.Call, queued.Poll ? polls : calls) is { } known)
            return known;
        if (maySend)
            return await Send(queued.Call, calls);
        // A ledger that lags behind does not undo an earlier answer.
        return queued.KnownId is { } id
            ? throw new GatewayNoAnswerException($"the gateway's ledger does not list {id}")
            : new GatewayAnswer(GatewayResult.Declined, null, inTime ? "the gateway has no such operation" : PaymentRule.TimeIsOver, Unseen: true);
    }

    /// <summary>A refused request alone is not a certain answer; the ledger is.</summary>
    async Task<GatewayAnswer> Send(GatewayCall call, ResiliencePipeline calls)
    {
        try
        {
            return await calls.ExecuteAsync(async cancel => await gateway.Send(call, cancel));
        }
        catch (GatewayRejectedException rejected)
        {
            var nothingDone = rejected.Malformed && call.Operation == Operation.Authorize;
            if (await Find(call, calls) is { } known)
                return known;
            return nothingDone
                ? GatewayResponses.Refused(rejected)
                : throw new GatewayNoAnswerException(rejected.Message);
        }
    }

    async Task<GatewayAnswer?> Find(GatewayCall call, ResiliencePipeline pipeline) =>
        await pipeline.ExecuteAsync(async cancel => await gateway.Find(call, cancel));

    static ResiliencePipeline Build(PaymentsSettings settings, TimeProvider clock, Func<bool, ValueTask> opened) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // A gateway that answers 429, or with another amount, is available.
                ShouldHandle = new PredicateBuilder().Handle<Exception>(failure =>
                    failure is not (GatewayRejectedException or GatewayBusyException or GatewayOtherAnswerException)),
                FailureRatio = settings.BreakerFailureRatio,
                MinimumThroughput = settings.BreakerMinimumThroughput,
                SamplingDuration = TimeSpan.FromSeconds(settings.BreakerSamplingSeconds),
                BreakDuration = TimeSpan.FromSeconds(settings.BreakerOpenSeconds),
                OnOpened = _ => opened(true),
                OnClosed = _ => opened(false),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = settings.CallTimeout })
            .Build();
}
