using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Platform.Processing;

namespace Orders.Model.Webhooks;

/// <summary>How far the orders' audit has been read for webhooks, and by which process: one row.</summary>
public sealed class WebhookCursor : IVersioned
{
    public const string Orders = "orders";

    public required string Name { get; init; }

    /// <summary>All audit rows up to this one are processed; the next holder continues here.</summary>
    public long After { get; set; }

    /// <summary>The process that reads; empty: none.</summary>
    public Guid Holder { get; set; }

    /// <summary>Counts the holder's polls: other processes see that it is alive without comparing clocks.</summary>
    public long Heartbeats { get; set; }

    public long Version { get; set; } = 1;

    internal static void Map(EntityTypeBuilder<WebhookCursor> row)
    {
        row.ToTable("webhook_cursors");
        row.HasKey(x => x.Name);
        row.Property(x => x.Name).HasColumnName("name").HasMaxLength(20);
        row.Property(x => x.After).HasColumnName("after_event");
        row.Property(x => x.Holder).HasColumnName("holder");
        row.Property(x => x.Heartbeats).HasColumnName("heartbeats");
        row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
    }
}
