using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Database;

/// <summary>One state change of one thing, written in the same transaction as the change.</summary>
public sealed class AuditRow
{
    /// <summary>Counts up in the order of commits as seen by one database.</summary>
    public long Id { get; set; }

    /// <summary>UTC.</summary>
    public DateTime At { get; set; }

    /// <summary>What changed, e.g. <c>order</c>, <c>stock branch</c>, <c>payment attempt</c>.</summary>
    public required string Subject { get; set; }

    /// <summary>The id of what changed: an order id, or e.g. a sku.</summary>
    public required string SubjectId { get; set; }

    /// <summary>State before; empty when it did not exist.</summary>
    public required string From { get; set; }

    /// <summary>State after.</summary>
    public required string To { get; set; }

    /// <summary>The message, call or job that caused it.</summary>
    public required string Cause { get; set; }

    /// <summary>A sentence for a reader, if there is more to say.</summary>
    public string? Detail { get; set; }

    internal static void Map(EntityTypeBuilder<AuditRow> row)
    {
        row.ToTable("audit");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedOnAdd();
        row.Property(x => x.At).HasColumnName("at");
        row.Property(x => x.Subject).HasColumnName("subject").HasMaxLength(50);
        row.Property(x => x.SubjectId).HasColumnName("subject_id").HasMaxLength(100);
        row.Property(x => x.From).HasColumnName("from_state").HasMaxLength(50);
        row.Property(x => x.To).HasColumnName("to_state").HasMaxLength(50);
        row.Property(x => x.Cause).HasColumnName("cause").HasMaxLength(100);
        row.Property(x => x.Detail).HasColumnName("detail").HasMaxLength(500);
        row.HasIndex(x => new { x.SubjectId, x.Id });
    }
}
