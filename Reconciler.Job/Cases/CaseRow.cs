using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Reconciler.Job;

/// <summary>Stored as text.</summary>
enum CaseStatus
{
    Open,

    /// <summary>An operator works on it.</summary>
    Assigned,

    /// <summary>A decision about an order in review was sent; it has helped once the order is final.</summary>
    InProgress,

    /// <summary>Resolved: nothing is left to do.</summary>
    Resolved,
}

/// <summary>A case for an operator. A difference has one open case, however often it is found.</summary>
sealed class CaseRow
{
    public Guid Id { get; init; }

    /// <summary>The finding's key while the case is open, otherwise null; unique.</summary>
    public string? OpenKey { get; set; }

    [MaxLength(60)] public required string Class { get; init; }
    public Severity Severity { get; init; }
    public Guid? OrderId { get; init; }
    [MaxLength(200)] public string? Subject { get; init; }
    [MaxLength(500)] public required string Rule { get; init; }

    /// <summary>What each ledger said when the case was opened, as JSON.</summary>
    public required string Evidence { get; init; }

    /// <summary>Fingerprint of the finding.</summary>
    [MaxLength(FindingRow.FingerprintLength)] public string? Fingerprint { get; init; }

    /// <summary>The command that would make the ledgers agree, if an operator decides so.</summary>
    public Remedy Remedy { get; init; }

    public long Amount { get; init; }
    [MaxLength(3)] public string? Currency { get; init; }

    /// <summary>Why it was not repaired automatically.</summary>
    [MaxLength(500)] public required string Reason { get; set; }

    /// <summary>The run that opened it; null: opened for an order in review.</summary>
    public Guid? OpenedByRun { get; init; }

    public CaseStatus Status { get; set; }
    [MaxLength(100)] public string? Assignee { get; set; }
    public DateTime OpenedAt { get; init; }
    public DateTime UpdatedAt { get; set; }

    /// <summary>UTC; deadline for a decision.</summary>
    public DateTime? DueAt { get; init; }

    public DateTime? ResolvedAt { get; set; }

    /// <summary>UTC; when the receiver accepted the alert.</summary>
    public DateTime? AlertedAt { get; set; }

    /// <summary>Number of failed alerts.</summary>
    public int AlertAttempts { get; set; }

    /// <summary>UTC; earliest time of the next alert. Null: now.</summary>
    public DateTime? NextAlertAt { get; set; }

    internal static void Map(EntityTypeBuilder<CaseRow> row, string ordinal)
    {
        row.ToTable("cases");
        row.Property(x => x.OpenKey).HasMaxLength(FindingRow.KeyLength).UseCollation(ordinal);
        row.Property(x => x.Rule).HasColumnName("rule_text");
        row.HasIndex(x => x.AlertedAt).HasDatabaseName("ix_cases_alerted_at");
        row.HasIndex(x => x.OpenKey).IsUnique().HasFilter("open_key IS NOT NULL").HasDatabaseName("ux_cases_open_key");
        row.HasIndex(x => new { x.OpenedAt, x.Id }).HasDatabaseName("ix_cases_opened_at");
        row.HasIndex(x => x.OrderId).HasDatabaseName("ix_cases_order_id");
        row.HasIndex(x => x.ResolvedAt).HasDatabaseName("ix_cases_resolved_at");
        // Open cases are processed in the order of their ids.
        row.HasIndex(x => x.Id).HasFilter("open_key IS NOT NULL").HasDatabaseName("ix_cases_open");
    }
}
