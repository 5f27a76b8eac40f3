using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Payments;

/// <summary>A webhook of the gateway, stored before it is answered; handled once per id.</summary>
sealed class Webhook
{
    public const int IdCharacters = 200;

    /// <summary>The webhook-id header, the same for every delivery; of a gateway other than main with its name, as <c>backup/msg_1</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The order that the webhook names, if any.</summary>
    public Guid? OrderId { get; init; }

    public DateTime ReceivedAt { get; init; }

    /// <summary>The signed body.</summary>
    public required string Body { get; init; }

    /// <summary>What OrderSaga did with the webhook, as text for operators.</summary>
    public required string Outcome { get; init; }

    /// <summary>Two gateways may use the same id.</summary>
    public static string IdOf(string gateway, string id) => gateway == GatewaySettings.Main ? id : $"{gateway}/{id}";

    internal static void Map(EntityTypeBuilder<Webhook> row)
    {
        row.ToTable("webhooks");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").HasMaxLength(IdCharacters + GatewaySettings.MaxNameLength + 1);
        row.Property(x => x.OrderId).HasColumnName("order_id");
        row.Property(x => x.ReceivedAt).HasColumnName("received_at");
        row.Property(x => x.Body).HasColumnName("body");
        row.Property(x => x.Outcome).HasColumnName("outcome").HasMaxLength(100);
        row.HasIndex(x => x.ReceivedAt);
        row.HasIndex(x => x.OrderId);
    }
}
