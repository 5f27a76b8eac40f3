using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Bench;

sealed class UsualStock
{
    public string Sku { get; set; } = "";
    public long Received { get; set; }
    public long Available { get; set; }
    public long Held { get; set; }
    public long Sold { get; set; }
}

sealed class UsualStockBranch
{
    public Guid OrderId { get; set; }
    public string State { get; set; } = "";
    public string? Answer { get; set; }
    public string Lines { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
}

sealed class UsualInventoryDb(DbContextOptions<UsualInventoryDb> options) : UsualDb(options)
{
    public DbSet<UsualStock> Stock => Set<UsualStock>();
    public DbSet<UsualStockBranch> Branches => Set<UsualStockBranch>();

    protected override void Map(ModelBuilder model)
    {
        model.Entity<UsualStock>().ToTable("stock").HasKey(row => row.Sku);
        model.Entity<UsualStockBranch>().ToTable("stock_branches").HasKey(row => row.OrderId);
        model.Entity<UsualStockBranch>().Property(row => row.OrderId).ValueGeneratedNever();
    }
}
