using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Inbox;

/// <summary>What a transaction writes into its inbox table.</summary>
/// <param name="Endpoint">Who handled them.</param>
/// <param name="Messages">Their ids.</param>
sealed record InboxChange(string Endpoint, IReadOnlyList<Guid> Messages)
{
    public static readonly InboxChange None = new("", []);
}

/// <summary>A message that an endpoint has handled, remembered in the transaction that handled it.</summary>
public sealed class InboxRow
{
    public required string Endpoint { get; set; }
    public Guid MessageId { get; set; }
    public DateTime ReceivedAt { get; set; }

    internal static void Map(EntityTypeBuilder<InboxRow> row)
    {
        row.ToTable("inbox");
        row.HasKey(x => new { x.MessageId, x.Endpoint });
        row.Property(x => x.MessageId).HasColumnName("message_id");
        row.Property(x => x.Endpoint).HasColumnName("endpoint").HasMaxLength(50);
        row.Property(x => x.ReceivedAt).HasColumnName("received_at");
        // Clean-up reads the oldest in order. (A range index would not do: rows that fill deleted places make its ranges wide.)
        row.HasIndex(x => x.ReceivedAt);
    }
}
