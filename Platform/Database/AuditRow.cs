using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Database;

/// <summary>One state change, written in the same transaction as the change. Never changed or deleted: <see cref="AuditSeal"/>.</summary>
public sealed class AuditRow
{
    /// <summary>
    /// Assigned on insert. Concurrent transactions may commit in another order, so a reader must expect gaps to fill later.
    /// </summary>
    public long Id { get; set; }

    /// <summary>UTC.</summary>
    public DateTime At { get; set; }

    /// <summary>What changed, e.g. <c>order</c>, <c>stock branch</c>, <c>payment attempt</c>.</summary>
    public required string Subject { get; set; }

    /// <summary>Id of what changed: an order id, or for example a sku.</summary>
    public required string SubjectId { get; set; }

    /// <summary>State before; empty for a new row.</summary>
    public required string From { get; set; }

    /// <summary>State after.</summary>
    public required string To { get; set; }

    /// <summary>The message, call or job that caused it.</summary>
    public required string Cause { get; set; }

    /// <summary>Maximum length of <see cref="Detail"/>.</summary>
    public const int MaxDetailLength = 500;

    /// <summary>Optional explanation for a reader.</summary>
    public string? Detail { get; set; }

    /// <summary>Who asked for it: <c>key NAME</c> or <c>broker user NAME</c>. Null: a service, a job, the gateway or a customer.</summary>
    public string? Actor { get; set; }

    /// <summary>
    /// Stands for the content: the first 128 bits of the SHA-256 of all other columns but the id. The sealer reads it instead of the row. Null:
    /// another program wrote the row, and the sealer computes it.
    /// </summary>
    public Guid? Mark { get; set; }

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
        row.Property(x => x.Detail).HasColumnName("detail").HasMaxLength(MaxDetailLength);
        row.Property(x => x.Actor).HasColumnName("actor").HasMaxLength(Common.Actor.MaxLength);
        row.Property(x => x.Mark).HasColumnName("mark");
        row.HasIndex(x => new { x.SubjectId, x.Id });
    }
}
