using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace OrderSaga.Payments;

/// <summary>The payment branch of each order, its calls to the gateway, and what the gateway told unasked.</summary>
public class PaymentsDb : ServiceDb
{
    public PaymentsDb(DbContextOptions<PaymentsDb> options) : base(options)
    {
    }

    /// <summary>For a derived context, e.g. one for each provider's migrations.</summary>
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
