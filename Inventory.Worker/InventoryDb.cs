using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Inventory;

/// <summary>Stock levels, the stock branch of each order, goods receipts.</summary>
public class InventoryDb : ServiceDb
{
    public InventoryDb(DbContextOptions<InventoryDb> options) : base(options)
    {
    }

    /// <summary>For derived contexts, for example the migrations of each provider.</summary>
    protected InventoryDb(DbContextOptions options) : base(options)
    {
    }

    internal DbSet<StockLevel> Stock => Set<StockLevel>();
    internal DbSet<Branch> Branches => Set<Branch>();
    internal DbSet<Receipt> Receipts => Set<Receipt>();

    protected override void Map(ModelBuilder model)
    {
        StockLevel.Map(model.Entity<StockLevel>(), OrdinalCollation);
        Branch.Map(model.Entity<Branch>());
        Receipt.Map(model.Entity<Receipt>(), OrdinalCollation);
    }

    /// <summary>
    /// Skus are compared and sorted byte by byte on every engine; SQL Server's default would treat TEA-1 and tea-1 as equal.
    /// </summary>
    string OrdinalCollation => Database.IsNpgsql() ? "C" : Database.IsSqlServer() ? "Latin1_General_100_BIN2" : "BINARY";
}
