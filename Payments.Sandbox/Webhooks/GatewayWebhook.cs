using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Platform.Common;

namespace OrderSaga.Sandbox;

/// <summary>A webhook about a hosted payment, to be delivered.</summary>
sealed class GatewayWebhook
{
    /// <summary>The webhook of a payment goes before those of expired payments: an order paid in its last second has only seconds left.</summary>
    static readonly TimeSpan SuccessFirst = TimeSpan.FromHours(1);

    /// <summary><c>msg_</c> and a UUIDv7; the same for every delivery.</summary>
    public required string Id { get; init; }

    public required string Url { get; init; }

    /// <summary>The signed JSON.</summary>
    public required string Body { get; init; }

    /// <summary>UTC time of the next delivery; null: none.</summary>
    public DateTime? DueAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>UTC time of delivery; null and not due: given up.</summary>
    public DateTime? DeliveredAt { get; set; }

    /// <summary>Error of the last delivery.</summary>
    public string? LastError { get; set; }

    public static GatewayWebhook About(GatewayOperation authorization, string url, string id, DateTime now) => new()
    {
        Id = id,
        Url = url,
        DueAt = authorization.Status == Statuses.Succeeded ? now - SuccessFirst : now,
        Body = JsonSerializer.Serialize(
            new
            {
                type = authorization.Status switch
                {
                    Statuses.Succeeded => "authorization.succeeded",
                    Statuses.Expired => "authorization.expired",
                    _ => "authorization.failed",
                },
                timestamp = now,
                data = new { authorizationId = authorization.Id, authorization.Reference, authorization.Amount, authorization.Currency },
            },
            WebJson.Options),
    };

    internal static void Map(EntityTypeBuilder<GatewayWebhook> row)
    {
        row.ToTable("gateway_webhooks");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").HasMaxLength(40);
        row.Property(x => x.Url).HasColumnName("url").HasMaxLength(500);
        row.Property(x => x.Body).HasColumnName("body");
        row.Property(x => x.DueAt).HasColumnName("due_at");
        row.Property(x => x.Attempts).HasColumnName("attempts");
        row.Property(x => x.DeliveredAt).HasColumnName("delivered_at");
        row.Property(x => x.LastError).HasColumnName("last_error").HasMaxLength(500);
        row.HasIndex(x => x.DueAt);
    }
}
