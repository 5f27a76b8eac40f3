using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Reconciler.Job;

/// <summary>What became of a finding. Stored as text.</summary>
enum FindingOutcome
{
    /// <summary>Not decided yet.</summary>
    Found,

    /// <summary>A dry run: it would be repaired.</summary>
    WouldRepair,

    /// <summary>A dry run: it would become a case.</summary>
    WouldOpenCase,

    /// <summary>The repair was sent.</summary>
    Repaired,

    /// <summary>A case was opened.</summary>
    CaseOpened,

    /// <summary>An open case tells it already.</summary>
    CaseKnown,

    /// <summary>Its repair was sent a moment ago by another run, and may not have had its effect yet.</summary>
    UnderWay,

    /// <summary>Nothing is to be done about it.</summary>
    Noted,

    /// <summary>When it was looked at again, the ledgers agreed.</summary>
    Gone,

    /// <summary>The run's budget for repairs was spent.</summary>
    OverBudget,

    /// <summary>One of a flood of its class: one case tells of all of them, and none of them is repaired.</summary>
    OverLimit,

    /// <summary>An operator has accepted it, and it has not changed since.</summary>
    Accepted,
}

/// <summary>One discrepancy as one run found it.</summary>
sealed class FindingRow
{
    public Guid Id { get; init; }
    public Guid RunId { get; init; }

    /// <summary>Class, order and subject as one text: the same discrepancy in every run.</summary>
    public required string Key { get; init; }

    public required string Class { get; init; }
    public Severity Severity { get; init; }
    public Guid? OrderId { get; init; }
    public string? Subject { get; init; }
    public required string Rule { get; init; }

    /// <summary>What each ledger says, as JSON.</summary>
    public required string Evidence { get; set; }

    /// <summary>Of what differs, amounts and all: the same as long as nothing about it changes. None for rows of older versions.</summary>
    public string? Fingerprint { get; init; }

    public Remedy Remedy { get; init; }

    /// <summary>Minor units at stake.</summary>
    public long Amount { get; init; }

    public string? Currency { get; init; }
    public DateTime At { get; init; }
    public FindingOutcome Outcome { get; set; }
    public Guid? CaseId { get; set; }

    /// <summary>Why the outcome is what it is, where that is not plain.</summary>
    public string? Note { get; set; }

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
        Fingerprint = Digest(finding),
        Remedy = finding.Remedy,
        Amount = finding.Amount,
        Currency = finding.Currency,
        At = now.UtcDateTime,
    };

    static string Digest(Finding finding) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{finding.Class}|{finding.Rule}|{finding.Amount}|{finding.Currency}|{finding.Measure}")));

    public static string KeyOf(string @class, Guid? order, string? subject) => $"{@class}|{order}|{subject}";

    /// <summary>A subject has no bar in it, or is the last part all the same.</summary>
    public static string? SubjectOf(string key) => key.Split('|', 3)[2] is { Length: > 0 } subject ? subject : null;

    internal static void Map(EntityTypeBuilder<FindingRow> row, string ordinal)
    {
        row.ToTable("findings");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.RunId).HasColumnName("run_id");
        row.Property(x => x.Key).HasColumnName("finding_key").HasMaxLength(KeyLength).UseCollation(ordinal);
        row.Property(x => x.Class).HasColumnName("class").HasMaxLength(60);
        row.Property(x => x.Severity).HasColumnName("severity").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.Subject).HasColumnName("subject").HasMaxLength(200);
        row.Property(x => x.Rule).HasColumnName("rule_text").HasMaxLength(500);
        row.Property(x => x.Evidence).HasColumnName("evidence");
        row.Property(x => x.Fingerprint).HasColumnName("fingerprint").HasMaxLength(FingerprintLength);
        row.Property(x => x.Remedy).HasColumnName("remedy").HasMaxLength(30).HasConversion<string>();
        row.Property(x => x.Amount).HasColumnName("amount");
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(3);
        row.Property(x => x.At).HasColumnName("found_at");
        row.Property(x => x.Outcome).HasColumnName("outcome").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.CaseId).HasColumnName("case_id");
        row.Property(x => x.Note).HasColumnName("note").HasMaxLength(500);
        row.HasIndex(x => new { x.RunId, x.Key }).IsUnique().HasDatabaseName("ux_findings_run_key");
        row.HasIndex(x => new { x.RunId, x.Outcome }).HasDatabaseName("ix_findings_run_outcome");
        row.HasIndex(x => x.At).HasDatabaseName("ix_findings_found_at");
    }

    internal const int KeyLength = 300;
    internal const int FingerprintLength = 64;
}
