using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>No action needed.</summary>
    Noted,

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
sealed class FindingRow
{
    public Guid Id { get; init; }
    public Guid RunId { get; init; }

    /// <summary>Class, order and subject as one text; identifies the difference across runs.</summary>
    public required string Key { get; init; }

    [MaxLength(60)] public required string Class { get; init; }
    public Severity Severity { get; init; }
    public Guid? OrderId { get; init; }
    [MaxLength(200)] public string? Subject { get; init; }
    [MaxLength(500)] public required string Rule { get; init; }

    /// <summary>What each ledger says, as JSON.</summary>
    public required string Evidence { get; set; }

    /// <summary>Hash of the differing states and amounts; changes when they change. Null in rows of older versions.</summary>
    [MaxLength(FingerprintLength)] public string? Fingerprint { get; init; }

    public Remedy Remedy { get; init; }

    /// <summary>Minor units at stake.</summary>
    public long Amount { get; init; }

    [MaxLength(3)] public string? Currency { get; init; }
    public DateTime At { get; init; }
    public FindingOutcome Outcome { get; set; }
    public Guid? CaseId { get; set; }

    /// <summary>Reason of the outcome, if not obvious.</summary>
    [MaxLength(500)] public string? Note { get; set; }

    public static FindingRow Of(Guid run, Finding finding, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        RunId = run,
        Key = KeyOf(finding.Class, finding.OrderId, finding.Subject),
        Class = finding.Class,
        Severity = finding.Severity,
        OrderId = finding.OrderId,
        Subject = finding.Subject,
        Rule = finding.Rule,
        Evidence = finding.Evidence,
        Fingerprint = FingerprintOf(finding),
        Remedy = finding.Remedy,
        Amount = finding.Amount,
        Currency = finding.Currency,
        At = now.UtcDateTime,
    };

    static string FingerprintOf(Finding finding) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{finding.Class}|{finding.Rule}|{finding.Amount}|{finding.Currency}|{finding.Measure}")));

    public static string KeyOf(string @class, Guid? order, string? subject) => $"{@class}|{order}|{subject}";

    /// <summary>Only the last part of a key may contain a bar.</summary>
    public static string? SubjectOf(string key) => key.Split('|', 3)[2] is { Length: > 0 } subject ? subject : null;

    internal static void Map(EntityTypeBuilder<FindingRow> row, string ordinal)
    {
        row.ToTable("findings");
        row.Property(x => x.Key).HasColumnName("finding_key").HasMaxLength(KeyLength).UseCollation(ordinal);
        row.Property(x => x.Rule).HasColumnName("rule_text");
        row.Property(x => x.At).HasColumnName("found_at");
        row.HasIndex(x => new { x.RunId, x.Key }).IsUnique().HasDatabaseName("ux_findings_run_key");
        row.HasIndex(x => new { x.RunId, x.Outcome }).HasDatabaseName("ix_findings_run_outcome");
        row.HasIndex(x => x.At).HasDatabaseName("ix_findings_found_at");
    }

    internal const int KeyLength = 300;
    internal const int FingerprintLength = 64;
}
