using Orders.Model.Participants;

namespace Reconciler.Job;

/// <summary>Bound from the section <c>Assurance</c>; checked at start.</summary>
public sealed class AssuranceSettings
{
    /// <summary>Between two looks, seconds.</summary>
    public int EverySeconds { get; set; } = 2;

    /// <summary>Orders that are under way in assurance at once, at most, whatever the number of processes: the oldest of what is overdue.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// How long one process has an overdue order to itself, seconds, by the database's clock; doubled for as long as the order is overdue for that time.
    /// One that has not moved by then is driven on again by whoever comes first: the command may have been lost, or the process died. So an order that
    /// nobody handles is sent for ever more seldom, and the saga's queue does not grow while the saga is down.
    /// </summary>
    public int LeaseSeconds { get; set; } = 10;

    /// <summary>Between two looks at the orders in review, seconds.</summary>
    public int ReviewEverySeconds { get; set; } = 15;

    internal TimeSpan LeaseFor(TimeSpan overdue)
    {
        var lease = TimeSpan.FromSeconds(LeaseSeconds);
        while (2 * lease <= overdue)
            lease *= 2;
        return lease;
    }

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check(ParticipantSettings participants)
    {
        if (EverySeconds is < 1 or > 3600 || PageSize is < 1 or > 10_000)
            throw new InvalidOperationException("Assurance:EverySeconds must be 1 to 3600 and Assurance:PageSize 1 to 10000.");
        if (LeaseSeconds is < 1 or > 3600 || ReviewEverySeconds is < 1 or > 3600)
            throw new InvalidOperationException("Assurance:LeaseSeconds and Assurance:ReviewEverySeconds must be 1 to 3600.");
        if (LeaseSeconds * 1000 < 2 * participants.TimeoutMilliseconds)
            throw new InvalidOperationException(
                "Assurance:LeaseSeconds must be at least twice Participants:TimeoutMilliseconds: what is claimed is asked for and sent within its lease.");
    }
}
