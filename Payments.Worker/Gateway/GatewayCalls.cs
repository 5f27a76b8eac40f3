using System.Diagnostics;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using Serilog.Context;

namespace OrderSaga.Payments;

/// <summary>
/// Second and third step of every attempt: calls the gateway outside transactions, with limited concurrency, and commits the answers in
/// batches. If a call or an answer is lost, its attempt is still due in the database.
/// </summary>
sealed class GatewayCalls : BackgroundService
{
    static readonly TimeSpan CommitRetryDelay = TimeSpan.FromSeconds(1);

    readonly CallQueue queue;
    readonly GatewayBook gateways;
    readonly GatewayPipeline pipeline;
    readonly UnitOfWork<PaymentsDb> unitOfWork;
    readonly PaymentsSettings settings;
    readonly LaneSettings lanes;
    readonly TimeProvider clock;
    readonly CancellationToken stopping;
    readonly ILogger log;
    readonly Batcher<CallResult> answers;

    public GatewayCalls(CallQueue queue, GatewayBook gateways, GatewayPipeline pipeline, UnitOfWork<PaymentsDb> unitOfWork, PaymentsSettings settings,
        LaneSettings lanes, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<GatewayCalls> log)
    {
        (this.queue, this.gateways, this.pipeline, this.unitOfWork, this.settings, this.lanes, this.clock, this.log) =
            (queue, gateways, pipeline, unitOfWork, settings, lanes, clock, log);
        stopping = lifetime.ApplicationStopping;
        queue.OnRefused = NotMade;
        var linger = TimeSpan.FromMilliseconds(settings.AnswerLingerMilliseconds);
        answers = new Batcher<CallResult>(settings.AnswerBatchSize, Commit, () => Task.Delay(linger, clock, CancellationToken.None));
    }

    /// <summary>Makes the call. A failure makes a Sent attempt Unknown; any other keeps its state.</summary>
    internal async Task<CallResult> Call(QueuedCall queued)
    {
        var operation = PaymentAttempt.Name(queued.Call.Operation);
        using var activity = Instruments.Source.StartActivity($"payment {operation}", ActivityKind.Internal, queued.TraceParent);
        using var orderId = LogContext.PushProperty("OrderId", queued.Call.OrderId);
        try
        {
            FailPoint.Hit($"payments.{operation}.after-attempt");
            var answer = await pipeline.Run(queued);
            FailPoint.Hit($"payments.{operation}.after-gateway");
            PaymentsMetrics.Called(operation, answer.Result.ToString(), queued.Call.Gateway);
            return new CallResult(queued, answer, null);
        }
        catch (Exception failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message);
            if (failure is GatewayBusyException busy)
                queue.PausePolls(queued.Call.Gateway, busy.Wait);
            var neverSent = failure is GatewayNotReachedException && IsFirst(queued);
            PaymentsMetrics.Called(operation, neverSent ? "NotSent" : "Unknown", queued.Call.Gateway);
            return new CallResult(queued, null, $"{failure.GetType().Name}: {failure.Message}", neverSent);
        }
    }

    /// <summary>Commits answers as one batch: attempts, branches, audit, and answers to the saga.</summary>
    internal Task CommitTogether(IReadOnlyList<CallResult> results) => unitOfWork.Run(work => ApplyResults(work, results));

    /// <summary>Commits answers in batches; one that cannot be committed, or whose branch is locked, does not delay the others.</summary>
    internal Task Commit(IReadOnlyList<CallResult> results) =>
        unitOfWork.RunSplitting(results, (part, run) => run(work => ApplyResults(work, part)), NotCommitted);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(gateways.Names.SelectMany(gateway => lanes.Used.SelectMany(lane => new[]
            {
                Process(gateway, lane, polls: false, settings.MaxConcurrentCalls, stoppingToken),
                Process(gateway, lane, polls: true, settings.MaxConcurrentPolls, stoppingToken),
            })));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("The process stops; all gateway calls in progress have finished");
        }

        await answers.DisposeAsync();
    }

    /// <summary>Polls have their own loop.</summary>
    Task Process(string gateway, string lane, bool polls, int maxConcurrent, CancellationToken stop) => Parallel.ForEachAsync(
        queue.TakeAll(gateway, lane, polls, stop), new ParallelOptions { MaxDegreeOfParallelism = maxConcurrent, CancellationToken = stop },
        async (ready, _) =>
        {
            using (ready.Permit)
                await Handle(ready.Call);
        });

    async Task Handle(QueuedCall queued)
    {
        if (!queue.IsStale(queued))
        {
            _ = CommitAnswer(await Call(queued));
            return;
        }

        PaymentsMetrics.DeferredToSweeper(queued.Call.Gateway);
        NotMade(queued);
    }

    /// <summary>The call found no room, or its turn came too late. If another gateway can take it, it need not wait for the sweeper.</summary>
    void NotMade(QueuedCall queued)
    {
        if (queued.Dispensable && IsFirst(queued))
            _ = CommitAnswer(new CallResult(queued, null, "the queue of calls to this gateway is full", NeverSent: true));
    }

    static bool IsFirst(QueuedCall queued) => queued is { AskFirst: false, Call.Operation: Operation.Authorize };

    async Task CommitAnswer(CallResult result)
    {
        try
        {
            await answers.Add(result);
            var operation = PaymentAttempt.Name(result.Queued.Call.Operation);
            FailPoint.Hit($"payments.{operation}.after-result");
        }
        catch (Exception failure)
        {
            NotCommitted(result, failure);
        }
    }

    /// <summary>Retries an answer that met a lock or an unavailable database while this process holds the lease of its attempt.</summary>
    void NotCommitted(CallResult result, Exception failure)
    {
        var waits = DatabaseErrors.IsTransient(failure);
        if (waits && clock.GetElapsedTime(result.Queued.QueuedAt) + CommitRetryDelay < settings.Lease)
        {
            log.LogInformation("The gateway's answer to {Key} waits for the database; retrying in {Delay}: {Failure}",
                result.Queued.Call.Key, CommitRetryDelay, failure.Message);
            _ = CommitLater(result);
            return;
        }

        log.Log(waits ? LogLevel.Warning : LogLevel.Error, failure,
            "Could not commit the gateway's answer to {Key}; the sweeper queries it again", result.Queued.Call.Key);
    }

    async Task CommitLater(CallResult result)
    {
        await clock.Delay(CommitRetryDelay, stopping);
        if (!stopping.IsCancellationRequested)
            await CommitAnswer(result);
    }

    static async Task ApplyResults(UnitOfWorkContext work, IReadOnlyList<CallResult> results)
    {
        await work.Services.GetRequiredService<PaymentRows>().Load(work, results.Select(result => result.Queued.Call.OrderId));
        var fence = work.Services.GetRequiredService<PaymentFence>();
        foreach (var result in results)
            await ApplyResult(fence, result);
    }

    static async Task ApplyResult(PaymentFence fence, CallResult result)
    {
        using var activity = Instruments.Source.StartActivity("payment answer", ActivityKind.Internal, result.Queued.TraceParent);
        using var orderId = LogContext.PushProperty("OrderId", result.Queued.Call.OrderId);
        await fence.ApplyGatewayAnswer(result);
    }
}
