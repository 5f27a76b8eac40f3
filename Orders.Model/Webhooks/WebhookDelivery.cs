using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Orders.Model.Webhooks;

/// <summary>The states of a delivery, as stored and shown.</summary>
public static class DeliveryStates
{
    /// <summary>To be sent, or sent again.</summary>
    public const string Pending = "Pending";

    /// <summary>The receiver took it (2xx).</summary>
    public const string Delivered = "Delivered";

    /// <summary>Tried for as long as the schedule says, in vain.</summary>
    public const string GivenUp = "GivenUp";

    /// <summary>It happened while the endpoint was disabled; sent only if its merchant asks for it.</summary>
    public const string Missed = "Missed";
}

/// <summary>One event of one order, owed to one endpoint.</summary>
public sealed class WebhookDelivery
{
    /// <summary>UUIDv7; with <c>msg_</c> before it, the header webhook-id of each of its sendings.</summary>
    public Guid Id { get; init; }

    public Guid EndpointId { get; init; }
    public Guid OrderId { get; init; }

    /// <summary>The audit row that it tells of; with the endpoint it is owed once.</summary>
    public long EventId { get; init; }

    /// <summary>E.g. <c>order.completed</c>.</summary>
    public required string Type { get; init; }

    /// <summary>JSON, byte for byte as it is signed.</summary>
    public required string Body { get; init; }

    /// <summary>One of <see cref="DeliveryStates"/>.</summary>
    public string State { get; set; } = DeliveryStates.Pending;

    /// <summary>Sendings that began.</summary>
    public int Attempts { get; set; }

    /// <summary>UTC; when it is due, or when the lease of who sends it ends. Null: it is not sent any more.</summary>
    public DateTime? NextAttemptAt { get; set; }

    /// <summary>Who sends it now; the outcome of another counts for nothing.</summary>
    public Guid Lease { get; set; }

    /// <summary>HTTP status of the last answer.</summary>
    public int? LastStatus { get; set; }

    /// <summary>Why the last sending failed.</summary>
    public string? LastError { get; set; }

    public DateTime? LastAttemptAt { get; set; }
    public DateTime CreatedAt { get; init; }

    internal static void Map(EntityTypeBuilder<WebhookDelivery> row)
    {
        row.ToTable("webhook_deliveries", table =>
            table.HasCheckConstraint("ck_webhook_deliveries_state", "state IN ('Pending', 'Delivered', 'GivenUp', 'Missed')"));
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.EndpointId).HasColumnName("endpoint_id");
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.EventId).HasColumnName("event_id");
        row.Property(x => x.Type).HasColumnName("type").HasMaxLength(50);
        row.Property(x => x.Body).HasColumnName("body");
        row.Property(x => x.State).HasColumnName("state").HasMaxLength(20);
        row.Property(x => x.Attempts).HasColumnName("attempts");
        row.Property(x => x.NextAttemptAt).HasColumnName("next_attempt_at");
        row.Property(x => x.Lease).HasColumnName("lease");
        row.Property(x => x.LastStatus).HasColumnName("last_status");
        row.Property(x => x.LastError).HasColumnName("last_error").HasMaxLength(300);
        row.Property(x => x.LastAttemptAt).HasColumnName("last_attempt_at");
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.HasIndex(x => new { x.EndpointId, x.EventId }).IsUnique();
        row.HasIndex(x => new { x.EndpointId, x.OrderId, x.EventId });
        row.HasIndex(x => new { x.State, x.CreatedAt });
        row.HasIndex(x => x.CreatedAt).HasDatabaseName("ix_webhook_deliveries_created_at");
        row.HasIndex(x => x.NextAttemptAt).HasDatabaseName("ix_webhook_deliveries_next_attempt_at").HasFilter("next_attempt_at IS NOT NULL");
    }
}
