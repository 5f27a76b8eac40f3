using System.Threading.Channels;

namespace OrderSaga.Payments;

/// <summary>A committed attempt, queued for this process's callers.</summary>
/// <param name="Call">The gateway call.</param>
/// <param name="Lease">Id of this hand-over; a later one replaces it.</param>
/// <param name="IsQuery">It may have been sent before: query the gateway's ledger first.</param>
/// <param name="MaySend">Send it if the ledger does not know it; otherwise it counts as not done.</param>
/// <param name="SendBefore">UTC; later it is only queried. Null: no limit.</param>
/// <param name="KnownId">The gateway's id of it, so it cannot be unknown there.</param>
/// <param name="Poll">A query about a waiting payment: lowest priority.</param>
/// <param name="TraceParent">Trace of the command.</param>
/// <param name="QueuedAt">Time by this process's monotonic clock.</param>
sealed record QueuedCall(
    GatewayCall Call, Guid Lease, bool IsQuery, bool MaySend, DateTime? SendBefore, string? KnownId, bool Poll, string? TraceParent, long QueuedAt);

/// <summary>Result of a hand-over: the gateway's certain answer, or why there is none.</summary>
sealed record CallResult(QueuedCall Handover, GatewayAnswer? Answer, string? Error);

/// <summary>Queue of calls. Bounded and in memory: the sweeper repeats lost ones.</summary>
sealed class CallQueue(PaymentsSettings settings, TimeProvider clock)
{
    static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(5);
    static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    readonly Channel<QueuedCall> calls = Channel.CreateBounded<QueuedCall>(settings.MaxQueuedCalls);
    readonly Channel<QueuedCall> polls = Channel.CreateBounded<QueuedCall>(settings.MaxQueuedCalls);
    long pausedUntil;

    /// <summary>The gateway answered 429: queries about waiting payments pause.</summary>
    public bool PollsPaused => clock.GetUtcNow().Ticks < Volatile.Read(ref pausedUntil);

    public void PausePolls(TimeSpan wait)
    {
        var delay = wait < MinDelay ? MinDelay : wait > MaxDelay ? MaxDelay : wait;
        Volatile.Write(ref pausedUntil, (clock.GetUtcNow() + delay).Ticks);
    }

    public void Add(QueuedCall handover)
    {
        if (!(handover.Poll ? polls : calls).Writer.TryWrite(handover))
            PaymentsMetrics.DeferredToSweeper();
    }

    public bool TryTake(out QueuedCall handover) => calls.Reader.TryRead(out handover!) || polls.Reader.TryRead(out handover!);

    public IAsyncEnumerable<QueuedCall> TakeAll(bool waiting, CancellationToken stop) => (waiting ? polls : calls).Reader.ReadAllAsync(stop);

    /// <summary>It has waited so long that a sweeper could take it before its call ends.</summary>
    public bool IsStale(QueuedCall handover) =>
        (handover.Poll && PollsPaused) || clock.GetElapsedTime(handover.QueuedAt) + settings.CallTimeout >= settings.Lease;
}
