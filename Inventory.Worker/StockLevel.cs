using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

/// <summary>
/// The pieces of one sku. All four numbers are in one row, so that every read sees received = available + held + sold; the database checks
/// it too.
/// </summary>
sealed class StockLevel
{
    public required string Sku { get; init; }

    /// <summary>All pieces ever received.</summary>
    public long Received { get; private set; }

    public long Available { get; private set; }

    /// <summary>Reserved for orders in progress.</summary>
    public long Held { get; private set; }

    public long Sold { get; private set; }

    public void Receive(long quantity) => Set(checked(Received + quantity), Available + quantity, Held, Sold);

    public void Move(StockMove move, long quantity)
    {
        switch (move)
        {
            case StockMove.Hold:
                Set(Received, Available - quantity, Held + quantity, Sold);
                break;
            case StockMove.Sell:
                Set(Received, Available, Held - quantity, Sold + quantity);
                break;
            case StockMove.Release:
                Set(Received, Available + quantity, Held - quantity, Sold);
                break;
            case StockMove.Return:
                Set(Received, Available + quantity, Held, Sold - quantity);
                break;
            default:
                break;
        }
    }

    void Set(long received, long available, long held, long sold)
    {
        if (available < 0 || held < 0 || sold < 0)
            throw new InvalidOperationException($"Sku {Sku} would get available {available}, held {held}, sold {sold}: its branches contradict its level.");
        (Received, Available, Held, Sold) = (received, available, held, sold);
    }

    internal static void Map(EntityTypeBuilder<StockLevel> row, string collation)
    {
        row.ToTable("stock", table =>
        {
            table.HasCheckConstraint("ck_stock_not_negative", "received >= 0 AND available >= 0 AND held >= 0 AND sold >= 0");
            table.HasCheckConstraint("ck_stock_conserved", "received = available + held + sold");
        });
        row.HasKey(x => x.Sku);
        row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(FieldRules.MaxSkuLength).UseCollation(collation);
        row.Property(x => x.Received).HasColumnName("received");
        row.Property(x => x.Available).HasColumnName("available");
        row.Property(x => x.Held).HasColumnName("held");
        row.Property(x => x.Sold).HasColumnName("sold");
    }
}
