namespace OrderSaga.Ledgers;

/// <summary>Limits of reading the ledgers. Bound from the section <c>Ledgers</c>; checked at start.</summary>
public sealed class LedgerSettings
{
    /// <summary>Entries of one ledger per page.</summary>
    public int PageSize { get; set; } = 512;

    /// <summary>Maximum number of pages of one ledger read ahead; with <see cref="PageSize"/> it bounds the memory.</summary>
    public int ReadAheadPages { get; set; } = 4;

    /// <summary>
    /// About how many rows of a ledger's main table one statement of a full run reads. Joined rows come on top. While they are compared, its
    /// database snapshot stays open.
    /// </summary>
    public int MaxStatementRows { get; set; } = 20_000;

    /// <summary>Orders looked up by one statement.</summary>
    public int LookupBatchSize { get; set; } = 500;

    /// <summary>How long one statement may take to return data.</summary>
    public int StatementTimeoutSeconds { get; set; } = 600;

    /// <summary>
    /// Maximum lag of a replica behind its primary; with a larger lag a run ends as NotJudged. If the run's window is shorter, the window is
    /// the limit.
    /// </summary>
    public int MaxReplicaLagSeconds { get; set; } = 300;

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        if (PageSize is < 1 or > 10_000 || ReadAheadPages is < 1 or > 100)
            throw new InvalidOperationException("Ledgers:PageSize must be 1 to 10000 and Ledgers:ReadAheadPages 1 to 100.");
        if (MaxStatementRows is < 1 or > 1_000_000)
            throw new InvalidOperationException("Ledgers:MaxStatementRows must be 1 to 1000000.");
        if (LookupBatchSize is < 1 or > 10_000 || StatementTimeoutSeconds is < 1 or > 86_400)
            throw new InvalidOperationException("Ledgers:LookupBatchSize must be 1 to 10000 and Ledgers:StatementTimeoutSeconds 1 to 86400.");
        if (MaxReplicaLagSeconds is < 1 or > 86_400)
            throw new InvalidOperationException("Ledgers:MaxReplicaLagSeconds must be 1 to 86400.");
    }
}
