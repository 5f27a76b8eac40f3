using System.Threading.Channels;
using System.Threading.RateLimiting;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Payments;

/// <summary>A committed attempt, queued for this process's callers.</summary>
/// <param name="Call">The gateway call.</param>
/// <param name="Lease">Id of the attempt's lease; a later lease replaces it.</param>
/// <param name="AskFirst">True if the call may have been sent before: the gateway's ledger is queried first.</param>
/// <param name="MaySend">Whether to send a call that the ledger does not have; if false, the operation counts as declined, unless it has a
/// <paramref name="KnownId"/>: then there is no answer.</param>
/// <param name="SendBefore">UTC; after it the call is only queried, not sent. Null: no limit.</param>
/// <param name="KnownId">The gateway's id of a pending hosted payment, which its ledger must list; null for every other attempt.</param>
/// <param name="Poll">Asks about a payment that its customer has not made yet: lowest priority.</param>
/// <param name="Lane">The lane of the branch.</param>
/// <param name="Merchant">The order's merchant; null: not known.</param>
/// <param name="TraceParent">Trace of the command.</param>
/// <param name="QueuedAt">Time by this process's monotonic clock.</param>
sealed record QueuedCall(
    GatewayCall Call, Guid Lease, bool AskFirst, bool MaySend, DateTime? SendBefore, string? KnownId, bool Poll, string Lane, string? Merchant,
    string? TraceParent, long QueuedAt);

/// <summary>A call whose turn has come. Its permit counts as one of the merchant's calls in progress until it is disposed.</summary>
readonly record struct ReadyCall(QueuedCall Call, RateLimitLease Permit);

/// <summary>Result of a queued call: the gateway's certain answer, or why there is none.</summary>
sealed record CallResult(QueuedCall Queued, GatewayAnswer? Answer, string? Error);

/// <summary>
/// The gateway calls of this process, in memory and limited in number, by lane: what waits in one lane does not hold up another. Within a lane
/// a merchant has a limited number of calls in progress, so that it holds up no other one when its calls hang. The sweeper repeats lost ones.
/// </summary>
sealed class CallQueue(PaymentsSettings settings, LaneSettings lanes, TimeProvider clock) : IDisposable
{
    static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    readonly Dictionary<string, (Channel<ReadyCall> Calls, Channel<ReadyCall> Polls)> queues = lanes.Used.ToDictionary(lane => lane, _ =>
        (Channel.CreateBounded<ReadyCall>(settings.MaxQueuedCalls), Channel.CreateBounded<ReadyCall>(settings.MaxQueuedCalls)));

    readonly PartitionedRateLimiter<QueuedCall> shares = PartitionedRateLimiter.Create<QueuedCall, (string, string?, bool)>(queued =>
    {
        var of = (queued.Lane, queued.Merchant, queued.Poll);
        return queued.Merchant is null
            ? RateLimitPartition.GetNoLimiter(of)
            : RateLimitPartition.GetConcurrencyLimiter(of, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = queued.Poll ? settings.PollsOfMerchant : settings.CallsOfMerchant,
                QueueLimit = settings.MaxQueuedCalls,
            });
    });

    long pausedUntil;

    /// <summary>True for a while after the gateway answered 429: polls pause.</summary>
    public bool PollsPaused => clock.GetUtcNow().Ticks < Volatile.Read(ref pausedUntil);

    public void PausePolls(TimeSpan wait)
    {
        var delay = wait < MinDelay ? MinDelay : wait > MaxDelay ? MaxDelay : wait;
        Volatile.Write(ref pausedUntil, (clock.GetUtcNow() + delay).Ticks);
    }

    /// <summary>A branch may be of a lane that was in use before this process started: its calls go with those of main.</summary>
    public void Add(QueuedCall queued)
    {
        if (!queues.TryGetValue(queued.Lane, out var lane))
            (queued, lane) = (queued with { Lane = Lane.Main }, queues[Lane.Main]);
        _ = Add(queued, (queued.Poll ? lane.Polls : lane.Calls).Writer);
    }

    async Task Add(QueuedCall queued, ChannelWriter<ReadyCall> writer)
    {
        var permit = await shares.AcquireAsync(queued);
        if (permit.IsAcquired && writer.TryWrite(new ReadyCall(queued, permit)))
            return;
        permit.Dispose();
        PaymentsMetrics.DeferredToSweeper();
    }

    public bool TryTake(out ReadyCall ready)
    {
        foreach (var (calls, polls) in queues.Values)
            if (calls.Reader.TryRead(out ready) || polls.Reader.TryRead(out ready))
                return true;
        ready = default;
        return false;
    }

    public IAsyncEnumerable<ReadyCall> TakeAll(string lane, bool polls, CancellationToken stop) =>
        (polls ? queues[lane].Polls : queues[lane].Calls).Reader.ReadAllAsync(stop);

    /// <summary>True if the call's lease could end before the call does, or if polls pause.</summary>
    public bool IsStale(QueuedCall queued) =>
        (queued.Poll && PollsPaused) || clock.GetElapsedTime(queued.QueuedAt) + settings.CallTimeout >= settings.Lease;

    public void Dispose() => shares.Dispose();
}
