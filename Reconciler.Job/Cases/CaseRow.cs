using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Reconciler.Job;

/// <summary>Stored as text.</summary>
enum CaseStatus
{
    Open,

    /// <summary>Somebody works on it.</summary>
    Assigned,

    /// <summary>A decision about an order in review was sent; whether it helped shows when the order has ended.</summary>
    InProgress,

    /// <summary>Nothing is left to be done.</summary>
    Solved,
}

/// <summary>What a person must look at. The same discrepancy has one case for as long as it is not solved, however often it is found.</summary>
sealed class CaseRow
{
    public Guid Id { get; init; }

    /// <summary>The finding's key while the case is open, else null: unique.</summary>
    public string? OpenKey { get; set; }

    public required string Class { get; init; }
    public Severity Severity { get; init; }
    public Guid? OrderId { get; init; }
    public string? Subject { get; init; }
    public required string Rule { get; init; }

    /// <summary>What each ledger said when it was opened, as JSON.</summary>
    public required string Evidence { get; init; }

    /// <summary>As the finding's.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>What could be sent to make the ledgers agree, if a person decides so.</summary>
    public Remedy Remedy { get; init; }

    public long Amount { get; init; }
    public string? Currency { get; init; }

    /// <summary>Why it is a case and was not repaired.</summary>
    public required string Reason { get; set; }

    /// <summary>None: assurance opened it.</summary>
    public Guid? OpenedByRun { get; init; }

    public CaseStatus Status { get; set; }
    public string? Assignee { get; set; }
    public DateTime OpenedAt { get; init; }
    public DateTime UpdatedAt { get; set; }

    /// <summary>UTC; by when somebody should have decided.</summary>
    public DateTime? DueAt { get; init; }

    public DateTime? SolvedAt { get; set; }

    /// <summary>UTC; when the receiver of alerts took it.</summary>
    public DateTime? AlertedAt { get; set; }

    /// <summary>Alerts about it that were not taken.</summary>
    public int AlertAttempts { get; set; }

    /// <summary>UTC; not before. Null: at once.</summary>
    public DateTime? NextAlertAt { get; set; }

    internal static void Map(EntityTypeBuilder<CaseRow> row, string ordinal)
    {
        row.ToTable("cases");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.OpenKey).HasColumnName("open_key").HasMaxLength(FindingRow.KeyLength).UseCollation(ordinal);
        row.Property(x => x.Class).HasColumnName("class").HasMaxLength(60);
        row.Property(x => x.Severity).HasColumnName("severity").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.Subject).HasColumnName("subject").HasMaxLength(200);
        row.Property(x => x.Rule).HasColumnName("rule_text").HasMaxLength(500);
        row.Property(x => x.Evidence).HasColumnName("evidence");
        row.Property(x => x.Fingerprint).HasColumnName("fingerprint").HasMaxLength(FindingRow.FingerprintLength);
        row.Property(x => x.Remedy).HasColumnName("remedy").HasMaxLength(30).HasConversion<string>();
        row.Property(x => x.Amount).HasColumnName("amount");
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(3);
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(500);
        row.Property(x => x.OpenedByRun).HasColumnName("opened_by_run");
        row.Property(x => x.Status).HasColumnName("status").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.Assignee).HasColumnName("assignee").HasMaxLength(100);
        row.Property(x => x.OpenedAt).HasColumnName("opened_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.Property(x => x.DueAt).HasColumnName("due_at");
        row.Property(x => x.SolvedAt).HasColumnName("solved_at");
        row.Property(x => x.AlertedAt).HasColumnName("alerted_at");
        row.Property(x => x.AlertAttempts).HasColumnName("alert_attempts");
        row.Property(x => x.NextAlertAt).HasColumnName("next_alert_at");
        row.HasIndex(x => x.AlertedAt).HasDatabaseName("ix_cases_alerted_at");
        row.HasIndex(x => x.OpenKey).IsUnique().HasFilter("open_key IS NOT NULL").HasDatabaseName("ux_cases_open_key");
        row.HasIndex(x => new { x.OpenedAt, x.Id }).HasDatabaseName("ix_cases_opened_at");
        row.HasIndex(x => x.OrderId).HasDatabaseName("ix_cases_order_id");
        row.HasIndex(x => x.SolvedAt).HasDatabaseName("ix_cases_solved_at");
        // All open cases are gone through in the order of their ids.
        row.HasIndex(x => x.Id).HasFilter("open_key IS NOT NULL").HasDatabaseName("ix_cases_open");
    }
}
