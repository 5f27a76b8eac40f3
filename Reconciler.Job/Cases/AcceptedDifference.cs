using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Reconciler.Job;

/// <summary>
/// A difference that an operator has accepted: no longer a finding while its amounts stay the same. At most one in force per key.
/// </summary>
sealed class AcceptedDifference
{
    public Guid Id { get; init; }

    /// <summary>The finding's key.</summary>
    public required string Key { get; init; }

    /// <summary>Fingerprint of the accepted difference: another amount is another difference.</summary>
    public required string Fingerprint { get; init; }

    public Guid CaseId { get; init; }
    public required string Class { get; init; }
    public Guid? OrderId { get; init; }
    public string? Subject { get; init; }
    public long Amount { get; init; }
    public string? Currency { get; init; }
    public required string AcceptedBy { get; init; }
    public required string Reason { get; init; }
    public DateTime AcceptedAt { get; init; }
    public DateTime? RevokedAt { get; set; }

    internal static void Map(EntityTypeBuilder<AcceptedDifference> row, string ordinal)
    {
        row.ToTable("accepted_differences");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.Key).HasColumnName("finding_key").HasMaxLength(FindingRow.KeyLength).UseCollation(ordinal);
        row.Property(x => x.Fingerprint).HasColumnName("fingerprint").HasMaxLength(FindingRow.FingerprintLength);
        row.Property(x => x.CaseId).HasColumnName("case_id");
        row.Property(x => x.Class).HasColumnName("class").HasMaxLength(60);
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.Subject).HasColumnName("subject").HasMaxLength(200);
        row.Property(x => x.Amount).HasColumnName("amount");
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(3);
        row.Property(x => x.AcceptedBy).HasColumnName("accepted_by").HasMaxLength(100);
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(300);
        row.Property(x => x.AcceptedAt).HasColumnName("accepted_at");
        row.Property(x => x.RevokedAt).HasColumnName("revoked_at");
        row.HasIndex(x => x.Key).IsUnique().HasFilter("revoked_at IS NULL").HasDatabaseName("ux_accepted_differences_key");
        row.HasIndex(x => new { x.AcceptedAt, x.Id }).HasDatabaseName("ix_accepted_differences_accepted_at");
    }
}
