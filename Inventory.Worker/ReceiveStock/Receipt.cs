using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

/// <summary>A goods receipt. The caller chooses the id, so that a repeated call counts once.</summary>
sealed class Receipt
{
    public required string ReceiptId { get; init; }
    public required string Sku { get; init; }

    /// <summary>Pieces, at least 1.</summary>
    public required long Quantity { get; init; }

    public required DateTime At { get; init; }

    internal static void Map(EntityTypeBuilder<Receipt> row, string collation)
    {
        row.ToTable("receipts", table => table.HasCheckConstraint("ck_receipts_quantity", "quantity > 0"));
        row.HasKey(x => x.ReceiptId);
        row.Property(x => x.ReceiptId).HasColumnName("receipt_id").HasMaxLength(FieldRules.MaxReceiptIdLength).UseCollation(collation);
        row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(FieldRules.MaxSkuLength).UseCollation(collation);
        row.Property(x => x.Quantity).HasColumnName("quantity");
        row.Property(x => x.At).HasColumnName("at");
        row.HasIndex(x => x.Sku);
    }
}
