using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Processing;

/// <summary>A service's own database: its tables plus inbox, outbox, failed messages and sealed audit of the messaging core.</summary>
public abstract class ServiceDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<InboxRow> Inbox => Set<InboxRow>();
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();
    public DbSet<FailedMessage> FailedMessages => Set<FailedMessage>();
    public DbSet<AuditRow> Audit => Set<AuditRow>();

    protected abstract void Map(ModelBuilder model);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        InboxRow.Map(modelBuilder.Entity<InboxRow>());
        OutboxRow.Map(modelBuilder.Entity<OutboxRow>());
        FailedMessage.Map(modelBuilder.Entity<FailedMessage>());
        AuditRow.Map(modelBuilder.Entity<AuditRow>());
        AuditSeal.Map(modelBuilder.Entity<AuditSeal>());
        Map(modelBuilder);
    }

    /// <summary>Times are UTC; the providers do not keep the kind.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<Utc>();

    sealed class Utc() : ValueConverter<DateTime, DateTime>(
        written => written.ToUniversalTime(),
        read => DateTime.SpecifyKind(read, DateTimeKind.Utc));
}
