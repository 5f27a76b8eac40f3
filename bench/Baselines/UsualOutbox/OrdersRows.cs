using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Bench;

/// <summary>The order and its saga.</summary>
sealed class UsualOrder
{
    public Guid Id { get; set; }
    public string Merchant { get; set; } = TrialOrder.Merchant;
    public string IdempotencyKey { get; set; } = "";
    public string State { get; set; } = "";
    public string Currency { get; set; } = "EUR";
    public long Total { get; set; }
    public string Lines { get; set; } = "";
    public string PaymentMethod { get; set; } = "card";
    public string? PaymentToken { get; set; } = "tok_ok";
    public DateTime PayBefore { get; set; }
    public bool PaymentTried { get; set; }
    public bool StockReleased { get; set; }
    public bool PaymentReleased { get; set; }
    public DateTime? NextRetryAt { get; set; }
    public int RetryCount { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
    public long Version { get; set; }
}

sealed class UsualKey
{
    public string Id { get; set; } = "";
    public string Merchant { get; set; } = TrialOrder.Merchant;
    public string IdempotencyKey { get; set; } = "";
    public string RequestHash { get; set; } = "";
    public Guid OrderId { get; set; }
    public int AnswerStatus { get; set; }
    public byte[] Answer { get; set; } = [];
    public DateTime CreatedAt { get; set; }
}

sealed class UsualOrdersDb(DbContextOptions<UsualOrdersDb> options) : UsualDb(options)
{
    public DbSet<UsualOrder> Orders => Set<UsualOrder>();

    protected override void Map(ModelBuilder model)
    {
        model.Entity<UsualOrder>().ToTable("orders").Property(row => row.Id).ValueGeneratedNever();
        model.Entity<UsualOrder>().Property(row => row.Version).IsConcurrencyToken();
        model.Entity<UsualKey>().ToTable("idempotency_keys");
    }
}
