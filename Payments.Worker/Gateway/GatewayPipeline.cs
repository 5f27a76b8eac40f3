using OrderSaga.Platform;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderSaga.Payments;

/// <summary>Bounds each call to the gateway in time, and stops calling one that does not answer.</summary>
sealed class GatewayPipeline(IGateway gateway, PaymentsSettings settings, TimeProvider clock)
{
    readonly ResiliencePipeline pipeline = Build(settings, clock);

    /// <summary>Sends, or asks first when it may have been sent before. Throws whatever left it without a certain answer.</summary>
    public async Task<GatewayAnswer> Run(Handover handover)
    {
        var call = handover.Call;
        if (!handover.Ask)
            return await Send(call);
        if (await Find(call) is { } known)
            return known;
        return handover.MaySend ? await Send(call) : new GatewayAnswer(GatewayResult.Declined, null, "the gateway does not know it");
    }

    /// <summary>A refused request says nothing for sure by itself; the ledger does.</summary>
    async Task<GatewayAnswer> Send(GatewayCall call)
    {
        try
        {
            return await pipeline.ExecuteAsync(async cancel => await gateway.Send(call, cancel));
        }
        catch (GatewayRejected rejected)
        {
            var nothingDone = rejected.Malformed && call.Operation == Operation.Authorize;
            if (await Find(call) is { } known)
                return known;
            return nothingDone
                ? new GatewayAnswer(GatewayResult.Declined, null, Text.Clean(rejected.Message, 200))
                : throw new GatewayUnknown(rejected.Message);
        }
    }

    async Task<GatewayAnswer?> Find(GatewayCall call) => await pipeline.ExecuteAsync(async cancel => await gateway.Find(call, cancel));

    static ResiliencePipeline Build(PaymentsSettings settings, TimeProvider clock) => new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(failure => failure is not GatewayRejected),
            FailureRatio = settings.BreakerRatio,
            MinimumThroughput = settings.BreakerCalls,
            SamplingDuration = TimeSpan.FromSeconds(settings.BreakerWindowSeconds),
            BreakDuration = TimeSpan.FromSeconds(settings.BreakerOpenSeconds),
            OnOpened = _ => PaymentsMetrics.BreakerIs(open: true),
            OnClosed = _ => PaymentsMetrics.BreakerIs(open: false),
        })
        .AddTimeout(new TimeoutStrategyOptions { Timeout = settings.CallTimeout })
        .Build();
}
