using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderSaga.Payments;

/// <summary>
/// Adds a timeout and a circuit breaker to gateway calls, apart for each gateway and lane. Queries about waiting payments have their own
/// breaker: their failures must not stop calls that move money.
/// </summary>
sealed class GatewayPipeline(GatewayBook gateways, PaymentsSettings settings, TimeProvider clock)
{
    readonly ConcurrentDictionary<(string Gateway, string Lane), (ResiliencePipeline Calls, ResiliencePipeline Polls)> pipelines = [];

    /// <summary>
    /// Sends the call, or queries first if it may have been sent before. Throws if there is no certain answer. An operation that the ledger lacks
    /// and that may not be sent counts as declined, unless the gateway has given its id.
    /// </summary>
    public async Task<GatewayAnswer> Run(QueuedCall queued)
    {
        var (calls, polls) = pipelines.GetOrAdd((queued.Call.Gateway, queued.Lane), of =>
            (Build(settings, clock, PaymentsMetrics.BreakerOf(of.Lane, of.Gateway)), Build(settings, clock, _ => ValueTask.CompletedTask)));
        var gateway = gateways.Client(queued.Call.Gateway);
        var inTime = !(queued.SendBefore <= clock.GetUtcNow().UtcDateTime);
        var maySend = queued.MaySend && inTime;
        if (!queued.AskFirst && maySend)
            return await Send(gateway, queued.Call, calls);
        if (!queued.AskFirst && queued.Call.Operation == Operation.Authorize)
            return new GatewayAnswer(GatewayResult.Declined, null, PaymentRule.TimeIsOver);
        var pipeline = queued.Poll ? polls : calls;
        if (await Find(gateway, queued.Call, pipeline) is { } known)
            return known;
        if (CloseKey(queued, maySend))
            return await pipeline.ExecuteAsync(async cancel => await gateway.Close(queued.Call, cancel));
        if (maySend)
            return await Send(gateway, queued.Call, calls);
        // A ledger that lags behind does not undo an earlier answer.
        return queued.KnownId is { } id
            ? throw new GatewayNoAnswerException($"the gateway's ledger does not list {id}")
            : new GatewayAnswer(GatewayResult.Declined, null, inTime ? "the gateway has no such operation" : PaymentRule.TimeIsOver, Unseen: true);
    }

    /// <summary>An authorization that the gateway does not know and that it shall not do any more; a request may still arrive there.</summary>
    bool CloseKey(QueuedCall queued, bool maySend) => queued.Call.Operation == Operation.Authorize && queued.KnownId is null
        && (queued.Dispensable || !maySend) && gateways.CanCloseKeys(queued.Call.Gateway);

    /// <summary>A refused request alone is not a certain answer; the ledger is.</summary>
    static async Task<GatewayAnswer> Send(IGateway gateway, GatewayCall call, ResiliencePipeline calls)
    {
        try
        {
            return await calls.ExecuteAsync(async cancel => await gateway.Send(call, cancel));
        }
        catch (BrokenCircuitException open)
        {
            throw new GatewayNotReachedException($"{open.GetType().Name}: {open.Message}");
        }
        catch (GatewayRejectedException rejected)
        {
            var nothingDone = rejected.Malformed && call.Operation == Operation.Authorize;
            if (await Find(gateway, call, calls) is { } known)
                return known;
            return nothingDone
                ? GatewayResponses.Refused(rejected)
                : throw new GatewayNoAnswerException(rejected.Message);
        }
    }

    static async Task<GatewayAnswer?> Find(IGateway gateway, GatewayCall call, ResiliencePipeline pipeline) =>
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
