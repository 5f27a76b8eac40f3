using System.Threading.Channels;

namespace OrderSaga.Payments;

/// <summary>One committed attempt, handed to this process's callers.</summary>
/// <param name="Call">What to ask of the gateway.</param>
/// <param name="Lease">The hand-over that this is; a later one takes its place.</param>
/// <param name="Ask">It may have been sent before: the gateway's ledger is asked first.</param>
/// <param name="MaySend">If the ledger does not know it, it is sent; otherwise it counts as not done.</param>
/// <param name="TraceParent">The trace that it belongs to.</param>
/// <param name="QueuedAt">By this process's own steady clock.</param>
sealed record Handover(GatewayCall Call, Guid Lease, bool Ask, bool MaySend, string? TraceParent, long QueuedAt);

/// <summary>What a hand-over came to: the gateway's certain answer, or why there is none.</summary>
sealed record CallResult(Handover Handover, GatewayAnswer? Answer, string? Error);

/// <summary>Calls that wait for a free caller. Bounded, and gone with the process: the sweeper makes good what is lost.</summary>
sealed class CallQueue(PaymentsSettings settings, TimeProvider clock)
{
    readonly Channel<Handover> waiting = Channel.CreateBounded<Handover>(settings.WaitingCalls);

    public void Add(Handover handover)
    {
        if (!waiting.Writer.TryWrite(handover))
            PaymentsMetrics.LeftToSweeper();
    }

    public bool TryTake(out Handover handover) => waiting.Reader.TryRead(out handover!);

    public IAsyncEnumerable<Handover> TakeAll(CancellationToken stop) => waiting.Reader.ReadAllAsync(stop);

    /// <summary>It has waited so long that a sweeper may have it before its call would end.</summary>
    public bool IsStale(Handover handover) => clock.GetElapsedTime(handover.QueuedAt) + settings.CallTimeout >= settings.Lease;
}
