using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>Limits of reconciliation. Bound from the section <c>Reconciliation</c>; checked at start.</summary>
public sealed class ReconciliationSettings
{
    /// <summary>True if runs repair. Off by default: a new installation only reports until an operator has checked its reports.</summary>
    public bool RepairEnabled { get; set; }

    /// <summary>
    /// Maximum number of repairs of one run. The next run repairs the others, and one case reports that the limit was reached. 0: no
    /// repairs; findings become cases.
    /// </summary>
    public int MaxRepairs { get; set; } = 200;

    /// <summary>Maximum number of repairs of one finding class in one run: a flood of one class does not delay the others.</summary>
    public int MaxRepairsPerClass { get; set; } = 100;

    /// <summary>Maximum minor units of one currency moved by the repairs of one run. A single repair over it becomes a case.</summary>
    public long MaxRepairAmount { get; set; } = 1_000_000;

    /// <summary>The same limit for currencies whose minor unit has another value, e.g. <c>Reconciliation:MaxRepairAmounts:JPY</c>.</summary>
    public Dictionary<string, long> MaxRepairAmounts { get; } = [];

    /// <summary>Maximum number of findings that one run stores. Of the others it stores one finding per class, with their count.</summary>
    public int MaxFindings { get; set; } = 50_000;

    /// <summary>
    /// Maximum number of findings of one class in one run. A class with more becomes one
    /// case and is not repaired; the other classes continue. A restored backup can cause such a flood.
    /// </summary>
    public int MaxFindingsPerClass { get; set; } = 1000;

    internal long MaxRepairAmountOf(string? currency) => MaxRepairAmounts.GetValueOrDefault(currency ?? "", MaxRepairAmount);

    /// <summary>Start of the full run: a Quartz cron expression in <see cref="TimeZone"/>; empty: never.</summary>
    public string NightlySchedule { get; set; } = "0 30 2 * * ?";

    /// <summary>IANA name of the time zone of <see cref="NightlySchedule"/>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Interval between two rolling runs; 0: none.</summary>
    public int RollingIntervalMinutes { get; set; } = 10;

    /// <summary>Orders that changed within this time are in flight: a run leaves them out.</summary>
    public int WindowSeconds { get; set; } = 900;

    /// <summary>Orders between two checkpoints.</summary>
    public int PageSize { get; set; } = 2000;

    /// <summary>Length of the lease of a run, by the database's clock. After it another process takes the run over.</summary>
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>How often a run is taken over from a dead process before it counts as failed.</summary>
    public int MaxTakeovers { get; set; } = 10;

    /// <summary>How long a run waits for the effect of its repairs; the next run verifies later effects.</summary>
    public int RepairTimeoutSeconds { get; set; } = 10;

    /// <summary>Findings of one class listed in a report; its CSV has all.</summary>
    public int MaxReportRows { get; set; } = 100;

    /// <summary>Time from opening a case to its deadline.</summary>
    public int CaseDueHours { get; set; } = 24;

    /// <summary>How long runs and their findings are kept; 0: permanently.</summary>
    public int RunRetentionDays { get; set; } = 365;

    /// <summary>How long resolved cases and verified repairs are kept; 0: permanently.</summary>
    public int CaseRetentionDays { get; set; }

    /// <summary>URL that receives each new case; without it only the log reports them.</summary>
    public string? AlertUrl { get; set; }

    /// <summary>
    /// Signs each alert as in the Standard Webhooks specification: <c>whsec_</c> and the base64 of 24 to 64 random bytes. Without it the
    /// receiver cannot tell an alert from a forged one.
    /// </summary>
    public string? AlertSecret { get; set; }

    internal IEnumerable<byte[]> AlertKeys => StandardWebhook.KeyOf(AlertSecret) is { } key ? [key] : [];

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        Require(MaxRepairs is >= 0 and <= 100_000 && MaxRepairAmount >= 0, "Reconciliation:MaxRepairs must be 0 to 100000, MaxRepairAmount at least 0");
        Require(MaxRepairsPerClass >= 1, "Reconciliation:MaxRepairsPerClass must be at least 1");
        Require(MaxRepairAmounts.All(one => OrderSaga.Contracts.Currencies.IsKnown(one.Key) && one.Value >= 0),
            "Reconciliation:MaxRepairAmounts must have ISO 4217 currencies and amounts of at least 0");
        Require(MaxFindings is >= 1 and <= 1_000_000, "Reconciliation:MaxFindings must be 1 to 1000000");
        Require(MaxFindingsPerClass is >= 1 and <= 1_000_000, "Reconciliation:MaxFindingsPerClass must be 1 to 1000000");
        Require(NightlySchedule.Length == 0
            || (Quartz.CronExpression.TryParse(NightlySchedule, out var cron) && cron!.GetNextValidTimeAfter(TimeProvider.System.GetUtcNow()) is not null),
            "Reconciliation:NightlySchedule must be a Quartz cron expression that has a next time, such as '0 30 2 * * ?', or empty");
        Require(TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), "Reconciliation:TimeZone must be a time zone of this machine, e.g. Europe/Berlin");
        Require(RollingIntervalMinutes is >= 0 and <= 59, "Reconciliation:RollingIntervalMinutes must be 0 (none) to 59");
        Require(WindowSeconds is >= 0 and <= 86_400, "Reconciliation:WindowSeconds must be 0 to 86400");
        Require(PageSize is >= 1 and <= 100_000, "Reconciliation:PageSize must be 1 to 100000");
        Require(LeaseSeconds is >= 3 and <= 600, "Reconciliation:LeaseSeconds must be 3 to 600");
        Require(MaxTakeovers is >= 1 and <= 1000, "Reconciliation:MaxTakeovers must be 1 to 1000");
        Require(RepairTimeoutSeconds is >= 0 and <= 300, "Reconciliation:RepairTimeoutSeconds must be 0 to 300");
        Require(MaxReportRows is >= 1 and <= 10_000, "Reconciliation:MaxReportRows must be 1 to 10000");
        Require(CaseDueHours is >= 1 and <= 8760, "Reconciliation:CaseDueHours must be 1 to 8760");
        Require(RunRetentionDays is 0 or (>= 31 and <= 36_500), "Reconciliation:RunRetentionDays must be 31 to 36500, or 0 to keep runs permanently");
        Require(CaseRetentionDays == 0 || (RunRetentionDays > 0 && CaseRetentionDays >= RunRetentionDays && CaseRetentionDays <= 36_500),
            "Reconciliation:CaseRetentionDays must be RunRetentionDays to 36500, or 0 to keep cases permanently: findings refer to their cases");
        Require(AlertUrl is null || Uri.TryCreate(AlertUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
            "Reconciliation:AlertUrl must be an http or https URL");
        Require(AlertSecret is null || AlertKeys.Any(), "Reconciliation:AlertSecret must be whsec_ and the base64 of 24 to 64 random bytes");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
