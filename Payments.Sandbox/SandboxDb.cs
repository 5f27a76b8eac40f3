using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Sandbox;

/// <summary>The gateway's own ledger and its outgoing webhooks.</summary>
public class SandboxDb : ServiceDb
{
    public SandboxDb(DbContextOptions<SandboxDb> options) : base(options)
    {
    }

    /// <summary>For the migrations of each provider.</summary>
    protected SandboxDb(DbContextOptions options) : base(options)
    {
    }

    internal DbSet<GatewayOperation> Operations => Set<GatewayOperation>();
    internal DbSet<GatewayWebhook> Webhooks => Set<GatewayWebhook>();

    protected override void Map(ModelBuilder model)
    {
        GatewayOperation.Map(model.Entity<GatewayOperation>());
        GatewayWebhook.Map(model.Entity<GatewayWebhook>());

        // SQL Server compares text case-insensitively by default; ids and keys must match exactly.
        if (Database.IsSqlServer())
        {
            foreach (var text in model.Entity<GatewayOperation>().Metadata.GetProperties().Where(x => x.ClrType == typeof(string)))
                text.SetCollation("Latin1_General_100_BIN2");
        }
    }
}
