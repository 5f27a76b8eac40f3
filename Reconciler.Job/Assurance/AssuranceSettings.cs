using Orders.Model.Participants;

namespace Reconciler.Job;

/// <summary>Recovery of overdue orders. Section <c>Assurance</c>; checked at start.</summary>
public sealed class AssuranceSettings
{
    /// <summary>Between two polls for overdue orders.</summary>
    public int EverySeconds { get; set; } = 2;

    /// <summary>Overdue orders that all processes together work on at once, the oldest first.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// How long one process has an overdue order to itself, by the database's clock; doubled while that is less than the time the order is
    /// overdue. An order that has not moved by then is resumed again: the command may have been lost, or the process died. The growing
    /// lease keeps the saga's queue short while the saga is down.
    /// </summary>
    public int LeaseSeconds { get; set; } = 10;

    /// <summary>Between two polls for orders in review.</summary>
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
