namespace Reconciler.Job;

/// <summary>
/// The gateway's settlement: when its files come, and what its contract lets it keep. Bound from the section <c>Settlements</c>; checked at start.
/// </summary>
public sealed class SettlementSettings
{
    /// <summary>Whether files are fetched from the gateway (<c>Gateway:Url</c>); else they are only taken in when somebody brings them.</summary>
    public bool Fetch { get; set; } = true;

    /// <summary>Hours after the end of a UTC day before its file is asked for.</summary>
    public int DueAfterHours { get; set; } = 1;

    /// <summary>Hours after the end of a UTC day on which money moved before it is a finding that its file has not come; 0: never one.</summary>
    public int LateAfterHours { get; set; } = 48;

    /// <summary>Days back for which a file that has not come is asked for again.</summary>
    public int LookBackDays { get; set; } = 14;

    /// <summary>How long the gateway may take to begin its answer, and to send each part of it, seconds.</summary>
    public int TimeoutSeconds { get; set; } = 60;

    /// <summary>Size of one file, MiB; a larger one is refused.</summary>
    public int MostMegabytes { get; set; } = 1024;

    /// <summary>Rows that are written at once.</summary>
    public int PageRows { get; set; } = 1000;

    /// <summary>What the gateway may keep of a capture: hundredths of a percent of its amount.</summary>
    public int FeeBasisPoints { get; set; } = 140;

    /// <summary>What the gateway may keep of a capture besides: minor units.</summary>
    public long FeeFixed { get; set; } = 25;

    internal FeeSchedule Fees => new(FeeBasisPoints, FeeFixed);

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check()
    {
        if (DueAfterHours is < 0 or > 240 || LookBackDays is < 1 or > 366)
            throw new InvalidOperationException("Settlements:DueAfterHours must be 0 to 240 and Settlements:LookBackDays 1 to 366.");
        if (LateAfterHours is < 0 or > 720)
            throw new InvalidOperationException("Settlements:LateAfterHours must be 1 to 720, or 0 when no file has to come.");
        if (TimeoutSeconds is < 1 or > 3600 || MostMegabytes is < 1 or > 100_000 || PageRows is < 1 or > 10_000)
            throw new InvalidOperationException(
                "Settlements:TimeoutSeconds must be 1 to 3600, Settlements:MostMegabytes 1 to 100000 and Settlements:PageRows 1 to 10000.");
        if (FeeBasisPoints is < 0 or > 10_000 || FeeFixed < 0)
            throw new InvalidOperationException("Settlements:FeeBasisPoints must be 0 to 10000, and Settlements:FeeFixed must not be negative.");
    }
}
