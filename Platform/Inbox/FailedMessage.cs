using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Inbox;

/// <summary>
/// A delivery that could not be handled, stored with its cause. An operator can replay or discard it; a replayed one stays until retention deletes
/// it.
/// </summary>
public sealed class FailedMessage
{
    /// <summary>UUIDv7.</summary>
    public Guid Id { get; set; }

    /// <summary>The queue it came from.</summary>
    public required string Endpoint { get; set; }

    /// <summary>The queue's address; a replay sends the message there.</summary>
    public required string InputAddress { get; set; }

    public Guid? MessageId { get; set; }
    public Guid? CorrelationId { get; set; }

    /// <summary>Message types, as far as they could be read.</summary>
    public required string MessageType { get; set; }

    public required string ContentType { get; set; }

    /// <summary>The received body, byte for byte.</summary>
    public required byte[] Body { get; set; }

    /// <summary>Transport headers, as JSON.</summary>
    public required string Headers { get; set; }

    /// <summary>Exception type and message, or what was wrong with the message.</summary>
    public required string Cause { get; set; }

    /// <summary>The exception with its stack, cut to the column's length.</summary>
    public required string Detail { get; set; }

    public DateTime FailedAt { get; set; }
    public DateTime? ReplayedAt { get; set; }

    internal static void Map(EntityTypeBuilder<FailedMessage> row)
    {
        row.ToTable("failed_messages");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.Endpoint).HasColumnName("endpoint").HasMaxLength(50);
        row.Property(x => x.InputAddress).HasColumnName("input_address").HasMaxLength(500);
        row.Property(x => x.MessageId).HasColumnName("message_id");
        row.Property(x => x.CorrelationId).HasColumnName("correlation_id");
        row.Property(x => x.MessageType).HasColumnName("message_type").HasMaxLength(500);
        row.Property(x => x.ContentType).HasColumnName("content_type").HasMaxLength(100);
        row.Property(x => x.Body).HasColumnName("body");
        row.Property(x => x.Headers).HasColumnName("headers");
        row.Property(x => x.Cause).HasColumnName("cause").HasMaxLength(500);
        row.Property(x => x.Detail).HasColumnName("detail").HasMaxLength(4000);
        row.Property(x => x.FailedAt).HasColumnName("failed_at");
        row.Property(x => x.ReplayedAt).HasColumnName("replayed_at");
        row.HasIndex(x => x.FailedAt);
        row.HasIndex(x => x.MessageId);
        row.HasIndex(x => x.ReplayedAt);
    }
}
