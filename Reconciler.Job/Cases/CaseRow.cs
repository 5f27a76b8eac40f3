using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
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
sealed class CaseRow : Difference
{
    public CaseRow()
    {
    }

    [SetsRequiredMembers]
    public CaseRow(FindingRow finding, string reason) : base(finding) => (OpenKey, Reason) = (finding.Key, reason);

    public Guid Id { get; init; }

    /// <summary>The finding's key while the case is open, otherwise null; unique.</summary>
    public string? OpenKey { get; set; }

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
        row.Property(x => x.OpenKey).HasMaxLength(KeyLength).UseCollation(ordinal);
        row.HasIndex(x => x.AlertedAt).HasDatabaseName("ix_cases_alerted_at");
        row.HasIndex(x => x.OpenKey).IsUnique().HasFilter("open_key IS NOT NULL").HasDatabaseName("ux_cases_open_key");
        row.HasIndex(x => new { x.OpenedAt, x.Id }).HasDatabaseName("ix_cases_opened_at");
        row.HasIndex(x => x.OrderId).HasDatabaseName("ix_cases_order_id");
        row.HasIndex(x => x.ResolvedAt).HasDatabaseName("ix_cases_resolved_at");
        // Open cases are processed in the order of their ids.
        row.HasIndex(x => x.Id).HasFilter("open_key IS NOT NULL").HasDatabaseName("ix_cases_open");
    }
}
