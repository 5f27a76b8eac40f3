using Orders.Model.Participants;

namespace Reconciler.Job;

/// <summary>Settings of the recovery of stalled orders. Bound from the section <c>Recovery</c>; checked at start.</summary>
public sealed class RecoverySettings
{
    /// <summary>Interval between two polls.</summary>
    public int IntervalSeconds { get; set; } = 2;

    /// <summary>
    /// Maximum number of overdue orders being resumed at once over all processes; the oldest come first. Orders that wait for their customers
    /// have the same limit of their own.
    /// </summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// How long an overdue order is leased to one process, by the database's clock. If the order has not changed by then, any process resumes
    /// it again, because the command may be lost or the process dead. The longer the order is overdue, the longer its lease, so that the
    /// saga's queue does not grow while the saga is down.
    /// </summary>
    public int LeaseSeconds { get; set; } = 10;

    /// <summary>Interval between two polls of the orders in review.</summary>
    public int ReviewIntervalSeconds { get; set; } = 15;

    internal TimeSpan LeaseFor(TimeSpan overdue)
    {
        var lease = TimeSpan.FromSeconds(LeaseSeconds);
        while (2 * lease <= overdue)
            lease *= 2;
        return lease;
    }

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check(ParticipantSettings participants)
    {
        if (IntervalSeconds is < 1 or > 3600 || PageSize is < 1 or > 10_000)
            throw new InvalidOperationException("Recovery:IntervalSeconds must be 1 to 3600 and Recovery:PageSize 1 to 10000.");
        if (LeaseSeconds is < 1 or > 3600 || ReviewIntervalSeconds is < 1 or > 3600)
            throw new InvalidOperationException("Recovery:LeaseSeconds and Recovery:ReviewIntervalSeconds must be 1 to 3600.");
        if (LeaseSeconds * 1000 < 2 * participants.TimeoutMilliseconds)
            throw new InvalidOperationException(
                "Recovery:LeaseSeconds must be at least twice Participants:TimeoutMilliseconds: claimed orders are queried and resumed within their lease.");
    }
}
