using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Outbox;

/// <summary>A message that must reach the broker, written in the transaction that decided it; gone once the broker has confirmed it.</summary>
public sealed class OutboxRow
{
    /// <summary>The message id (UUIDv7).</summary>
    public Guid Id { get; set; }

    /// <summary>MassTransit address: a queue's or an exchange's.</summary>
    public required string Destination { get; set; }

    /// <summary>The message's name, for readers.</summary>
    public required string MessageType { get; set; }

    public required string ContentType { get; set; }

    /// <summary>The serialized envelope.</summary>
    public required string Body { get; set; }

    /// <summary>The W3C traceparent of what decided it, so that the trace goes on.</summary>
    public string? TraceParent { get; set; }

    public Guid? CorrelationId { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Who may send it until <see cref="NextAttemptAt"/>: the process that wrote it, then a sweeper.</summary>
    public Guid Lease { get; set; }

    /// <summary>From when on a sweeper may claim it, by the database's clock.</summary>
    public DateTime NextAttemptAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>Set when it failed too often by its own fault; waits for a replay.</summary>
    public DateTime? ParkedAt { get; set; }

    public string? LastError { get; set; }

    internal static void Map(EntityTypeBuilder<OutboxRow> row)
    {
        row.ToTable("outbox");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.Destination).HasColumnName("destination").HasMaxLength(500);
        row.Property(x => x.MessageType).HasColumnName("message_type").HasMaxLength(200);
        row.Property(x => x.ContentType).HasColumnName("content_type").HasMaxLength(100);
        row.Property(x => x.Body).HasColumnName("body");
        row.Property(x => x.TraceParent).HasColumnName("trace_parent").HasMaxLength(60);
        row.Property(x => x.CorrelationId).HasColumnName("correlation_id");
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.Property(x => x.Lease).HasColumnName("lease");
        row.Property(x => x.NextAttemptAt).HasColumnName("next_attempt_at");
        row.Property(x => x.Attempts).HasColumnName("attempts");
        row.Property(x => x.ParkedAt).HasColumnName("parked_at");
        row.Property(x => x.LastError).HasColumnName("last_error").HasMaxLength(1000);
        row.HasIndex(x => new { x.ParkedAt, x.NextAttemptAt });
    }
}
