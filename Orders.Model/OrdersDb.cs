using Microsoft.EntityFrameworkCore;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Switches;

namespace Orders.Model;

/// <summary>The database <c>orders</c>, shared by Orders.Api (places and reads orders) and Orders.Sagas (runs them).</summary>
public class OrdersDb : ServiceDb
{
    public OrdersDb(DbContextOptions<OrdersDb> options) : base(options)
    {
    }

    /// <summary>For the design-time contexts of the migrations.</summary>
    protected OrdersDb(DbContextOptions options) : base(options)
    {
    }

    public DbSet<OrderState> Orders => Set<OrderState>();
    public DbSet<Product> Products => Set<Product>();
    public DbSet<PriceList> PriceLists => Set<PriceList>();
    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();
    public DbSet<WebhookEndpoint> WebhookEndpoints => Set<WebhookEndpoint>();
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
    public DbSet<WebhookCursor> WebhookCursors => Set<WebhookCursor>();

    protected override void Map(ModelBuilder model)
    {
        OrderState.Map(model.Entity<OrderState>());
        Product.Map(model.Entity<Product>());
        PriceList.Map(model.Entity<PriceList>());
        IdempotencyRecord.Map(model.Entity<IdempotencyRecord>());
        WebhookEndpoint.Map(model.Entity<WebhookEndpoint>());
        WebhookDelivery.Map(model.Entity<WebhookDelivery>());
        WebhookCursor.Map(model.Entity<WebhookCursor>());
        Switch.Map(model);
    }
}
