using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace OrderSaga.Inventory;

/// <summary>Stock levels, the stock branch of each order, goods receipts.</summary>
public class InventoryDb : ServiceDb
{
    public InventoryDb(DbContextOptions<InventoryDb> options) : base(options)
    {
    }

    /// <summary>For a derived context, e.g. one for each provider's migrations.</summary>
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

    /// <summary>Skus are compared and sorted byte by byte on every engine; SQL Server's default would take TEA-1 for tea-1.</summary>
    string OrdinalCollation => Database.IsNpgsql() ? "C" : Database.IsSqlServer() ? "Latin1_General_100_BIN2" : "BINARY";
}
