using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderSaga.Payments;

/// <summary>
/// Bounds each call to the gateway in time, and stops calling one that does not answer. Questions about payments that wait have a breaker of their own:
/// what they meet does not keep money from being moved.
/// </summary>
sealed class GatewayPipeline(IGateway gateway, PaymentsSettings settings, TimeProvider clock)
{
    readonly ResiliencePipeline calls = Build(settings, clock, PaymentsMetrics.BreakerIs);
    readonly ResiliencePipeline polls = Build(settings, clock, _ => ValueTask.CompletedTask);

    /// <summary>Sends, or asks first when it may have been sent before. Throws whatever left it without a certain answer.</summary>
    public async Task<GatewayAnswer> Run(Handover handover)
    {
        var inTime = !(handover.SendBefore <= clock.GetUtcNow().UtcDateTime);
        var maySend = handover.MaySend && inTime;
        if (!handover.Ask && maySend)
            return await Send(handover.Call);
        if (await Find(handover.Call, handover.Poll ? polls : calls) is { } known)
            return known;
        if (maySend)
            return await Send(handover.Call);
        // A ledger that is behind still has what it once answered.
        return handover.KnownId is { } id
            ? throw new GatewayUnknown($"the gateway does not find {id}")
            : new GatewayAnswer(GatewayResult.Declined, null, inTime ? "the gateway does not know it" : PaymentRule.TimeIsOver, Unseen: true);
    }

    /// <summary>A refused request says nothing for sure by itself; the ledger does.</summary>
    async Task<GatewayAnswer> Send(GatewayCall call)
    {
        try
        {
            return await calls.ExecuteAsync(async cancel => await gateway.Send(call, cancel));
        }
        catch (GatewayRejected rejected)
        {
            var nothingDone = rejected.Malformed && call.Operation == Operation.Authorize;
            if (await Find(call, calls) is { } known)
                return known;
            return nothingDone
                ? GatewayTruth.Refused(rejected)
                : throw new GatewayUnknown(rejected.Message);
        }
    }

    async Task<GatewayAnswer?> Find(GatewayCall call, ResiliencePipeline pipeline) =>
        await pipeline.ExecuteAsync(async cancel => await gateway.Find(call, cancel));

    static ResiliencePipeline Build(PaymentsSettings settings, TimeProvider clock, Func<bool, ValueTask> opened) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                // One that is asked too often is there.
                ShouldHandle = new PredicateBuilder().Handle<Exception>(failure => failure is not (GatewayRejected or GatewayBusy)),
                FailureRatio = settings.BreakerRatio,
                MinimumThroughput = settings.BreakerCalls,
                SamplingDuration = TimeSpan.FromSeconds(settings.BreakerWindowSeconds),
                BreakDuration = TimeSpan.FromSeconds(settings.BreakerOpenSeconds),
                OnOpened = _ => opened(true),
                OnClosed = _ => opened(false),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = settings.CallTimeout })
            .Build();
}
