namespace OrderSaga.Platform.Retention;

/// <summary>Settings of the deletion of old rows. Bound from the section <c>Retention</c>; checked at start.</summary>
public sealed class RetentionSettings
{
    /// <summary>Interval between two steps.</summary>
    public int IntervalSeconds { get; set; } = 10;

    /// <summary>
    /// How long one step may delete; the next step continues. A running statement finishes.
    /// </summary>
    public int MaxStepMilliseconds { get; set; } = 1000;

    /// <summary>
    /// Maximum number of rows deleted by one statement. SQL Server locks the whole table from 5,000 row locks on. After a statement of more
    /// than 50 ms the page is halved.
    /// </summary>
    public int PageSize { get; set; } = 4000;

    /// <summary>
    /// Interval between two steps that begin at the oldest row again: for rows that were locked, or that could not be deleted yet.
    /// </summary>
    public int RescanIntervalSeconds { get; set; } = 3600;

    /// <summary>How long a failed message is kept after its replay; 0: permanently.</summary>
    public int ReplayedMessageRetentionDays { get; set; } = 90;

    /// <summary>
    /// How long a failed message is kept without a replay; 0: permanently. It may be an order: set this only if operators look at failed
    /// messages more often.
    /// </summary>
    public int FailedMessageRetentionDays { get; set; }

    /// <summary>Halves the page after a slow statement, doubles it after a fast one.</summary>
    internal static int NextPageSize(int size, TimeSpan took, int max) => took.TotalMilliseconds switch
    {
        > 50 => Math.Max(Math.Min(100, max), size / 2),
        < 15 => Math.Min(max, size * 2),
        _ => size,
    };

    /// <summary>Throws with an explanation if the settings are invalid or contradict each other.</summary>
    public void Check()
    {
        if (IntervalSeconds is < 1 or > 3600 || MaxStepMilliseconds < 10 || MaxStepMilliseconds > IntervalSeconds * 1000)
            throw new InvalidOperationException(
                "Retention:IntervalSeconds must be 1 to 3600, and Retention:MaxStepMilliseconds 10 to the length of that interval.");
        if (RescanIntervalSeconds is < 1 or > 86_400)
            throw new InvalidOperationException("Retention:RescanIntervalSeconds must be 1 to 86400.");
        if (PageSize is < 1 or > 4900)
            throw new InvalidOperationException("Retention:PageSize must be 1 to 4900.");
        if (ReplayedMessageRetentionDays is < 0 or > 36_500)
            throw new InvalidOperationException("Retention:ReplayedMessageRetentionDays must be 1 to 36500, or 0 to keep replayed messages permanently.");
        if (FailedMessageRetentionDays is not (0 or (>= 8 and <= 36_500)))
            throw new InvalidOperationException("Retention:FailedMessageRetentionDays must be 8 to 36500, or 0 to keep failed messages permanently.");
    }
}
