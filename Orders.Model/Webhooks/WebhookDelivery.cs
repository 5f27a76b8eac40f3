using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Orders.Model.Webhooks;

/// <summary>The states of a delivery, as stored and shown.</summary>
public static class DeliveryStates
{
    /// <summary>To be sent, or sent again.</summary>
    public const string Pending = "Pending";

    /// <summary>The receiver accepted it (2xx).</summary>
    public const string Delivered = "Delivered";

    /// <summary>All attempts of the schedule failed.</summary>
    public const string GivenUp = "GivenUp";

    /// <summary>The event happened while the endpoint was disabled or had too many pending; sent only if the merchant requests it.</summary>
    public const string Missed = "Missed";
}

/// <summary>Result of one attempt.</summary>
/// <param name="Status">HTTP status; null without an answer.</param>
/// <param name="Error">Why it failed; null on success.</param>
public sealed record SendResult(int? Status, string? Error);

/// <summary>One event of one order for one endpoint.</summary>
public sealed class WebhookDelivery
{
    const int Gone = 410;

    /// <summary>UUIDv7.</summary>
    public Guid Id { get; init; }

    /// <summary>The webhook-id header of every attempt.</summary>
    public string WebhookId => $"msg_{Id:N}";

    public Guid EndpointId { get; init; }
    public Guid OrderId { get; init; }

    /// <summary>Id of the event's audit row; unique per endpoint.</summary>
    public long EventId { get; init; }

    /// <summary>E.g. <c>order.completed</c>.</summary>
    public required string Type { get; init; }

    /// <summary>JSON, byte for byte as it is signed.</summary>
    public required string Body { get; init; }

    /// <summary>One of <see cref="DeliveryStates"/>.</summary>
    public string State { get; set; } = DeliveryStates.Pending;

    /// <summary>Number of attempts started.</summary>
    public int Attempts { get; set; }

    /// <summary>UTC; when the next attempt is due, or when the current sender's lease ends. Null: no more attempts.</summary>
    public DateTime? NextAttemptAt { get; set; }

    /// <summary>The current sender; results of other senders are ignored.</summary>
    public Guid Lease { get; set; }

    /// <summary>HTTP status of the last answer.</summary>
    public int? LastStatus { get; set; }

    /// <summary>Error of the last attempt.</summary>
    public string? LastError { get; set; }

    public DateTime? LastAttemptAt { get; set; }
    public DateTime CreatedAt { get; init; }

    /// <summary>Applies the result of an attempt by the lease holder to this delivery and its endpoint.</summary>
    /// <param name="result">The result.</param>
    /// <param name="endpoint">The delivery's endpoint.</param>
    /// <param name="retries">Delays after the failed attempts, seconds.</param>
    /// <param name="now">UTC.</param>
    public void Record(SendResult result, WebhookEndpoint endpoint, IReadOnlyList<int> retries, DateTime now)
    {
        (LastStatus, LastError, LastAttemptAt) = (result.Status, result.Error, now);
        if (result.Error is null)
        {
            (State, NextAttemptAt) = (DeliveryStates.Delivered, null);
            endpoint.RecordSuccess(now);
        }
        else if (result.Status == Gone)
        {
            (State, NextAttemptAt) = (DeliveryStates.GivenUp, null);
            endpoint.Disable("answered 410 Gone", now);
        }
        else
        {
            NextAttemptAt = now + RetryDelay(retries);
            State = NextAttemptAt is null ? DeliveryStates.GivenUp : DeliveryStates.Pending;
            endpoint.RecordFailure(result.Error, givenUp: NextAttemptAt is null, TimeSpan.FromSeconds(retries.Sum(seconds => (long)seconds)), now);
        }
    }

    /// <summary>Delay after the last attempt, up to a tenth longer by the delivery's id to spread load; null: no more attempts.</summary>
    TimeSpan? RetryDelay(IReadOnlyList<int> retries) =>
        Attempts > retries.Count ? null : TimeSpan.FromSeconds(retries[Attempts - 1] * (1 + (Id.ToByteArray()[15] / 2560.0)));

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
