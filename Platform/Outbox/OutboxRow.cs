using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Outbox;

/// <summary>A message for the broker, written in the transaction that sends it; deleted after the broker's confirm.</summary>
public sealed class OutboxRow
{
    /// <summary>Id of the row, a NewId; also the id of the broker message, except for a row of events.</summary>
    public Guid Id { get; set; }

    /// <summary>MassTransit address of a queue or an exchange.</summary>
    public required string Destination { get; set; }

    /// <summary>Names and numbers of the message types, for people.</summary>
    public required string MessageType { get; set; }

    public required string ContentType { get; set; }

    /// <summary>The serialized body: an envelope, several events (<see cref="EventRow"/>) or one message of MassTransit.</summary>
    public required string Body { get; set; }

    /// <summary>W3C traceparent of the sending span, so that the trace continues.</summary>
    public string? TraceParent { get; set; }

    public Guid? CorrelationId { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Who may send the row until <see cref="NextAttemptAt"/>: the process that wrote it, later a sweeper.</summary>
    public Guid Lease { get; set; }

    /// <summary>When a sweeper may claim the row, by the database's clock.</summary>
    public DateTime NextAttemptAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>Set when the row failed too often because of its destination or content; it waits for a replay.</summary>
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
