using System.ComponentModel.DataAnnotations;
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
    [MaxLength(Difference.FingerprintLength)] public required string Fingerprint { get; init; }

    public Guid CaseId { get; init; }
    [MaxLength(60)] public required string Class { get; init; }
    public Guid? OrderId { get; init; }
    [MaxLength(200)] public string? Subject { get; init; }
    public long Amount { get; init; }
    [MaxLength(3)] public string? Currency { get; init; }
    [MaxLength(100)] public required string AcceptedBy { get; init; }
    [MaxLength(300)] public required string Reason { get; init; }
    public DateTime AcceptedAt { get; init; }
    public DateTime? RevokedAt { get; set; }

    public static AcceptedDifference Of(CaseRow open, string by, string reason, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Key = open.OpenKey!,
        Fingerprint = open.Fingerprint!,
        CaseId = open.Id,
        Class = open.Class,
        OrderId = open.OrderId,
        Subject = open.Subject,
        Amount = open.Amount,
        Currency = open.Currency,
        AcceptedBy = by,
        Reason = reason,
        AcceptedAt = now.UtcDateTime,
    };

    internal static void Map(EntityTypeBuilder<AcceptedDifference> row, string ordinal)
    {
        row.ToTable("accepted_differences");
        row.Property(x => x.Key).HasColumnName("finding_key").HasMaxLength(Difference.KeyLength).UseCollation(ordinal);
        row.HasIndex(x => x.Key).IsUnique().HasFilter("revoked_at IS NULL").HasDatabaseName("ux_accepted_differences_key");
        row.HasIndex(x => new { x.AcceptedAt, x.Id }).HasDatabaseName("ix_accepted_differences_accepted_at");
    }
}
