using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>The database <c>reconciler</c>: imported settlement files, and the runs, findings, cases and repairs.</summary>
public class ReconcilerDb : SettlementDb
{
    public ReconcilerDb(DbContextOptions<ReconcilerDb> options) : base(options)
    {
    }

    /// <summary>For the migrations of each provider.</summary>
    protected ReconcilerDb(DbContextOptions options) : base(options)
    {
    }

    internal DbSet<ReconciliationRun> Runs => Set<ReconciliationRun>();
    internal DbSet<FindingRow> Findings => Set<FindingRow>();
    internal DbSet<Repair> Repairs => Set<Repair>();
    internal DbSet<CaseRow> Cases => Set<CaseRow>();
    internal DbSet<AcceptedDifference> Accepted => Set<AcceptedDifference>();

    /// <summary>Enums are stored as text.</summary>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<Remedy>().HaveMaxLength(30);
    }

    protected override void Map(ModelBuilder model)
    {
        base.Map(model);
        AcceptedDifference.Map(model.Entity<AcceptedDifference>(), OrdinalCollation);
        ReconciliationRun.Map(model.Entity<ReconciliationRun>());
        FindingRow.Map(model.Entity<FindingRow>(), OrdinalCollation);
        Repair.Map(model.Entity<Repair>(), OrdinalCollation);
        CaseRow.Map(model.Entity<CaseRow>(), OrdinalCollation);
        Lease.Map(model.Entity<Lease>());
    }
}
