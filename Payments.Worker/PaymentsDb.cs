using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>The payment branch of each order, its gateway calls, and the gateway's webhooks.</summary>
public class PaymentsDb : ServiceDb
{
    public PaymentsDb(DbContextOptions<PaymentsDb> options) : base(options)
    {
    }

    /// <summary>For derived contexts, for example the migrations of each provider.</summary>
    protected PaymentsDb(DbContextOptions options) : base(options)
    {
    }

    internal DbSet<PaymentBranch> Branches => Set<PaymentBranch>();
    internal DbSet<PaymentAttempt> Attempts => Set<PaymentAttempt>();
    internal DbSet<Webhook> Webhooks => Set<Webhook>();

    protected override void Map(ModelBuilder model)
    {
        PaymentBranch.Map(model.Entity<PaymentBranch>());
        PaymentAttempt.Map(model.Entity<PaymentAttempt>());
        Webhook.Map(model.Entity<Webhook>());
    }
}
