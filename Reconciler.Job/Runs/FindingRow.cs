using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Reconciler.Job;

/// <summary>Outcome of a finding. Stored as text.</summary>
enum FindingOutcome
{
    /// <summary>Not decided yet.</summary>
    Found,

    /// <summary>Dry run: it would be repaired.</summary>
    WouldRepair,

    /// <summary>Dry run: it would become a case.</summary>
    WouldOpenCase,

    /// <summary>The repair was sent; its effect is recorded by <see cref="RepairState"/>.</summary>
    Repaired,

    /// <summary>A case was opened.</summary>
    CaseOpened,

    /// <summary>It already has an open case.</summary>
    CaseKnown,

    /// <summary>Another run has just sent its repair, which may not have taken effect yet.</summary>
    InProgress,

    /// <summary>When it was checked again, the ledgers agreed.</summary>
    Gone,

    /// <summary>The run's repair budget was used up.</summary>
    OverBudget,

    /// <summary>Its class has more findings than the maximum: one case covers all of them, and none is repaired.</summary>
    OverLimit,

    /// <summary>An operator accepted it, and it has not changed since.</summary>
    Accepted,
}

/// <summary>One difference found by one run.</summary>
sealed class FindingRow : Difference
{
    FindingRow()
    {
    }

    [SetsRequiredMembers]
    FindingRow(Finding finding) : base(finding) => Key = KeyOf(finding.Class, finding.OrderId, finding.Subject);

    public Guid Id { get; init; }
    public Guid RunId { get; init; }

    /// <summary>Class, order and subject as one text; identifies the difference across runs.</summary>
    public required string Key { get; init; }

    public DateTime At { get; init; }
    public FindingOutcome Outcome { get; set; }
    public Guid? CaseId { get; set; }

    /// <summary>Reason of the outcome, if not obvious.</summary>
    [MaxLength(500)] public string? Note { get; set; }

    public static FindingRow Of(Guid run, Finding finding, DateTimeOffset now) =>
        new(finding) { Id = Guid.CreateVersion7(now), RunId = run, At = now.UtcDateTime };

    public static string KeyOf(string @class, Guid? order, string? subject) => $"{@class}|{order}|{subject}";

    /// <summary>Only the last part of a key may contain a bar.</summary>
    public static string? SubjectOf(string key) => key.Split('|', 3)[2] is { Length: > 0 } subject ? subject : null;

    internal static void Map(EntityTypeBuilder<FindingRow> row, string ordinal)
    {
        row.ToTable("findings");
        row.Property(x => x.Key).HasColumnName("finding_key").HasMaxLength(KeyLength).UseCollation(ordinal);
        row.Property(x => x.At).HasColumnName("found_at");
        row.HasIndex(x => new { x.RunId, x.Key }).IsUnique().HasDatabaseName("ux_findings_run_key");
        row.HasIndex(x => new { x.RunId, x.Outcome }).HasDatabaseName("ix_findings_run_outcome");
        row.HasIndex(x => x.At).HasDatabaseName("ix_findings_found_at");
    }
}
