using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Bench;

sealed class UsualPayment
{
    public Guid OrderId { get; set; }
    public string State { get; set; } = "";
    public long Amount { get; set; }
    public string Currency { get; set; } = "EUR";
    public string Method { get; set; } = "card";
    public string? AuthorizationId { get; set; }
    public string? CaptureId { get; set; }
    public bool CancelRequested { get; set; }
    public string? Answer { get; set; }
    public long Version { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
}

sealed class UsualAttempt
{
    public string IdempotencyKey { get; set; } = "";
    public Guid OrderId { get; set; }
    public string Operation { get; set; } = "";
    public string State { get; set; } = "";
    public string? GatewayId { get; set; }
    public Guid Lease { get; set; }
    public int Attempts { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime UpdatedAt { get; set; }
}

sealed class UsualPaymentsDb(DbContextOptions<UsualPaymentsDb> options) : UsualDb(options)
{
    public DbSet<UsualPayment> Payments => Set<UsualPayment>();
    public DbSet<UsualAttempt> Attempts => Set<UsualAttempt>();

    protected override void Map(ModelBuilder model)
    {
        model.Entity<UsualPayment>().ToTable("payment_branches").HasKey(row => row.OrderId);
        model.Entity<UsualPayment>().Property(row => row.OrderId).ValueGeneratedNever();
        model.Entity<UsualPayment>().Property(row => row.Version).IsConcurrencyToken();
        model.Entity<UsualAttempt>().ToTable("payment_attempts").HasKey(row => row.IdempotencyKey);
    }
}
