namespace Reconciler.Job;

/// <summary>Bounds of reading the ledgers. Bound from the section <c>Ledgers</c>; checked at start.</summary>
public sealed class LedgerSettings
{
    /// <summary>Entries of one ledger that are handed over at once.</summary>
    public int PageEntries { get; set; } = 512;

    /// <summary>Pages of one ledger that are read ahead, at most: with <see cref="PageEntries"/>, what bounds the memory.</summary>
    public int PagesAhead { get; set; } = 4;

    /// <summary>Rows that one statement of a full run reads. It holds its snapshot of the database while they are compared.</summary>
    public int StatementRows { get; set; } = 20_000;

    /// <summary>Orders that one statement of a rolling run looks up.</summary>
    public int LookUpOrders { get; set; } = 500;

    /// <summary>How long one statement may be silent.</summary>
    public int StatementSeconds { get; set; } = 600;

    /// <summary>
    /// How far a replica may be behind its primary; a run judges nothing on one that is further behind, or further than
    /// <c>Reconciliation:WindowSeconds</c>.
    /// </summary>
    public int MaxReplicaLagSeconds { get; set; } = 300;

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check()
    {
        if (PageEntries is < 1 or > 10_000 || PagesAhead is < 1 or > 100)
            throw new InvalidOperationException("Ledgers:PageEntries must be 1 to 10000 and Ledgers:PagesAhead 1 to 100.");
        if (StatementRows is < 1 or > 1_000_000)
            throw new InvalidOperationException("Ledgers:StatementRows must be 1 to 1000000.");
        if (LookUpOrders is < 1 or > 10_000 || StatementSeconds is < 1 or > 86_400)
            throw new InvalidOperationException("Ledgers:LookUpOrders must be 1 to 10000 and Ledgers:StatementSeconds 1 to 86400.");
        if (MaxReplicaLagSeconds is < 1 or > 86_400)
            throw new InvalidOperationException("Ledgers:MaxReplicaLagSeconds must be 1 to 86400.");
    }
}
