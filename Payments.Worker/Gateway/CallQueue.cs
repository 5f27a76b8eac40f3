using System.Threading.Channels;

namespace OrderSaga.Payments;

/// <summary>One committed attempt, handed to this process's callers.</summary>
/// <param name="Call">What to ask of the gateway.</param>
/// <param name="Lease">The hand-over that this is; a later one takes its place.</param>
/// <param name="Ask">It may have been sent before: the gateway's ledger is asked first.</param>
/// <param name="MaySend">If the ledger does not know it, it is sent; otherwise it counts as not done.</param>
/// <param name="SendBefore">UTC; after that it is not sent, only asked about. None: whenever.</param>
/// <param name="KnownId">The gateway has given it this id: it cannot be unknown there.</param>
/// <param name="Poll">Only a question about a payment that waits: everything else goes first.</param>
/// <param name="TraceParent">The trace that it belongs to.</param>
/// <param name="QueuedAt">By this process's own steady clock.</param>
sealed record Handover(
    GatewayCall Call, Guid Lease, bool Ask, bool MaySend, DateTime? SendBefore, string? KnownId, bool Poll, string? TraceParent, long QueuedAt);

/// <summary>What a hand-over came to: the gateway's certain answer, or why there is none.</summary>
sealed record CallResult(Handover Handover, GatewayAnswer? Answer, string? Error);

/// <summary>Calls that wait for a free caller. Bounded, and gone with the process: the sweeper makes good what is lost.</summary>
sealed class CallQueue(PaymentsSettings settings, TimeProvider clock)
{
    static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    readonly Channel<Handover> calls = Channel.CreateBounded<Handover>(settings.WaitingCalls);
    readonly Channel<Handover> polls = Channel.CreateBounded<Handover>(settings.WaitingCalls);
    long pausedUntil;

    /// <summary>The gateway has said that it is asked too often: what only waits is not asked about.</summary>
    public bool PollsPaused => clock.GetUtcNow().Ticks < Volatile.Read(ref pausedUntil);

    public void PausePolls(TimeSpan wait)
    {
        var pause = wait < ShortestPause ? ShortestPause : wait > LongestPause ? LongestPause : wait;
        Volatile.Write(ref pausedUntil, (clock.GetUtcNow() + pause).Ticks);
    }

    public void Add(Handover handover)
    {
        if (!(handover.Poll ? polls : calls).Writer.TryWrite(handover))
            PaymentsMetrics.LeftToSweeper();
    }

    public bool TryTake(out Handover handover) => calls.Reader.TryRead(out handover!) || polls.Reader.TryRead(out handover!);

    public IAsyncEnumerable<Handover> TakeAll(bool waiting, CancellationToken stop) => (waiting ? polls : calls).Reader.ReadAllAsync(stop);

    /// <summary>It has waited so long that a sweeper may have it before its call would end.</summary>
    public bool IsStale(Handover handover) =>
        (handover.Poll && PollsPaused) || clock.GetElapsedTime(handover.QueuedAt) + settings.CallTimeout >= settings.Lease;
}
