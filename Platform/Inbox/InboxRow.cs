using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Inbox;

/// <summary>The inbox rows that a transaction inserts.</summary>
/// <param name="Endpoint">The endpoint that handled the messages.</param>
/// <param name="Messages">The message ids.</param>
sealed record InboxChange(string Endpoint, IReadOnlyList<Guid> Messages)
{
    public static readonly InboxChange None = new("", []);

    public IReadOnlyList<SqlStatement> Statements(Dialect dialect) =>
        Messages.Count == 0 ? [] : [new(dialect.InsertInbox, ("endpoint", Endpoint), ("rows", dialect.Keys(Messages)))];
}

/// <summary>A message handled by an endpoint, recorded in the same transaction.</summary>
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
        // Retention reads the oldest rows in order. (A BRIN index would not do: rows that reuse freed space widen its ranges.)
        row.HasIndex(x => x.ReceivedAt);
    }
}
