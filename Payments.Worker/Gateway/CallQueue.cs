using System.Collections.Concurrent;
using System.Threading.Channels;
using System.Threading.RateLimiting;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Payments;

/// <summary>A committed attempt, queued for this process's callers.</summary>
/// <param name="Call">The gateway call.</param>
/// <param name="Lease">Id of the attempt's lease; a later lease replaces it.</param>
/// <param name="AskFirst">True if the call may have been sent before: the gateway's ledger is queried first. False: it was never sent.</param>
/// <param name="MaySend">Whether to send a call that the ledger does not have; if false, the operation counts as declined, unless it has a
/// <paramref name="KnownId"/>: then there is no answer.</param>
/// <param name="SendBefore">UTC; after it the call is only queried, not sent. Null: no limit.</param>
/// <param name="KnownId">The gateway's id of a pending hosted payment, which its ledger must list; null for every other attempt.</param>
/// <param name="Dispensable">
/// An authorization that this gateway need not make, because another one can or because the order is being cancelled. If the ledger does not
/// have it, its key is closed instead, if the gateway can do that.
/// </param>
/// <param name="Poll">Asks about a payment that its customer has not made yet: lowest priority.</param>
/// <param name="Lane">The lane of the branch.</param>
/// <param name="Merchant">The order's merchant; null: not known.</param>
/// <param name="TraceParent">Trace of the command.</param>
/// <param name="QueuedAt">Time by this process's monotonic clock.</param>
sealed record QueuedCall(
    GatewayCall Call, Guid Lease, bool AskFirst, bool MaySend, bool Dispensable, DateTime? SendBefore, string? KnownId, bool Poll, string Lane,
    string? Merchant, string? TraceParent, long QueuedAt);

/// <summary>A call whose turn has come. Its permit counts as one of the merchant's calls in progress until it is disposed.</summary>
readonly record struct ReadyCall(QueuedCall Call, RateLimitLease Permit);

/// <summary>Result of a queued call: the gateway's certain answer, or why there is none.</summary>
/// <param name="Queued">The call.</param>
/// <param name="Answer">The gateway's answer; null: none.</param>
/// <param name="Error">Why there is no answer.</param>
/// <param name="NeverSent">True if it is certain that the call was never sent, neither now nor before.</param>
sealed record CallResult(QueuedCall Queued, GatewayAnswer? Answer, string? Error, bool NeverSent = false);

/// <summary>
/// The gateway calls of this process, in memory and limited in number, by gateway and lane: what waits for one gateway or in one lane does not
/// hold up another. There a merchant has a limited number of calls in progress, so that it holds up no other one when its calls hang. The
/// sweeper repeats lost ones.
/// </summary>
sealed class CallQueue(IReadOnlyCollection<string> gateways, PaymentsSettings settings, LaneSettings lanes, TimeProvider clock) : IDisposable
{
    static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    readonly Dictionary<(string Gateway, string Lane), (Channel<ReadyCall> Calls, Channel<ReadyCall> Polls)> queues =
        gateways.SelectMany(gateway => lanes.Used.Select(lane => (gateway, lane))).ToDictionary(of => of, _ =>
            (Channel.CreateBounded<ReadyCall>(settings.MaxQueuedCalls), Channel.CreateBounded<ReadyCall>(settings.MaxQueuedCalls)));

    readonly PartitionedRateLimiter<QueuedCall> shares = PartitionedRateLimiter.Create<QueuedCall, (string, string, string?, bool)>(queued =>
    {
        var of = (queued.Call.Gateway, queued.Lane, queued.Merchant, queued.Poll);
        return queued.Merchant is null
            ? RateLimitPartition.GetNoLimiter(of)
            : RateLimitPartition.GetConcurrencyLimiter(of, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = queued.Poll ? settings.PollsOfMerchant : settings.CallsOfMerchant,
                QueueLimit = settings.MaxQueuedCalls,
            });
    });

    readonly ConcurrentDictionary<string, DateTimeOffset> pausedUntil = new(StringComparer.Ordinal);

    /// <summary>Called for a call that has no room and that will not be made.</summary>
    public Action<QueuedCall>? OnRefused { get; set; }

    /// <summary>The gateways whose polls pause, for a while after they answered 429.</summary>
    public IReadOnlyList<string> Paused => pausedUntil.IsEmpty ? [] : [.. pausedUntil.Keys.Where(PollsPaused)];

    public bool PollsPaused(string gateway) => pausedUntil.TryGetValue(gateway, out var end) && clock.GetUtcNow() < end;

    public void PausePolls(string gateway, TimeSpan wait) =>
        pausedUntil[gateway] = clock.GetUtcNow() + (wait < MinDelay ? MinDelay : wait > MaxDelay ? MaxDelay : wait);

    /// <summary>
    /// A branch may be of a lane or a gateway that was in use before this process started. Calls of such a lane go with those of main, calls to
    /// such a gateway with those to the main one: they end without an answer, and wait.
    /// </summary>
    public void Add(QueuedCall queued)
    {
        if (!queues.ContainsKey((GatewaySettings.Main, queued.Lane)))
            queued = queued with { Lane = Lane.Main };
        if (!queues.TryGetValue((queued.Call.Gateway, queued.Lane), out var queue))
            queue = queues[(GatewaySettings.Main, queued.Lane)];
        _ = Add(queued, (queued.Poll ? queue.Polls : queue.Calls).Writer);
    }

    async Task Add(QueuedCall queued, ChannelWriter<ReadyCall> writer)
    {
        var permit = await shares.AcquireAsync(queued);
        if (permit.IsAcquired && writer.TryWrite(new ReadyCall(queued, permit)))
            return;
        permit.Dispose();
        PaymentsMetrics.DeferredToSweeper(queued.Call.Gateway);
        OnRefused?.Invoke(queued);
    }

    public bool TryTake(out ReadyCall ready)
    {
        foreach (var (calls, polls) in queues.Values)
            if (calls.Reader.TryRead(out ready) || polls.Reader.TryRead(out ready))
                return true;
        ready = default;
        return false;
    }

    public IAsyncEnumerable<ReadyCall> TakeAll(string gateway, string lane, bool polls, CancellationToken stop) =>
        (polls ? queues[(gateway, lane)].Polls : queues[(gateway, lane)].Calls).Reader.ReadAllAsync(stop);

    /// <summary>True if the call's lease could end before the call does, or if polls pause.</summary>
    public bool IsStale(QueuedCall queued) =>
        (queued.Poll && PollsPaused(queued.Call.Gateway)) || clock.GetElapsedTime(queued.QueuedAt) + settings.CallTimeout >= settings.Lease;

    public void Dispose() => shares.Dispose();
}
