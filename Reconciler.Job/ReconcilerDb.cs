using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>The database <c>reconciler</c>: imported settlement files, and the runs, findings, cases and repairs.</summary>
public class ReconcilerDb : ServiceDb
{
    public ReconcilerDb(DbContextOptions<ReconcilerDb> options) : base(options)
    {
    }

    /// <summary>For the migrations of each provider.</summary>
    protected ReconcilerDb(DbContextOptions options) : base(options)
    {
    }

    internal DbSet<SettlementFile> SettlementFiles => Set<SettlementFile>();
    internal DbSet<ReconciliationRun> Runs => Set<ReconciliationRun>();
    internal DbSet<FindingRow> Findings => Set<FindingRow>();
    internal DbSet<Repair> Repairs => Set<Repair>();
    internal DbSet<CaseRow> Cases => Set<CaseRow>();
    internal DbSet<SettledRow> SettlementRows => Set<SettledRow>();
    internal DbSet<SupersededFile> SupersededFiles => Set<SupersededFile>();
    internal DbSet<SupersededRow> SupersededRows => Set<SupersededRow>();
    internal DbSet<AcceptedDifference> Accepted => Set<AcceptedDifference>();

    protected override void Map(ModelBuilder model)
    {
        SettlementFile.Map(model.Entity<SettlementFile>());
        SettledRow.Map(model.Entity<SettledRow>(), OrdinalCollation);
        SupersededFile.Map(model.Entity<SupersededFile>());
        SupersededRow.Map(model.Entity<SupersededRow>(), OrdinalCollation);
        AcceptedDifference.Map(model.Entity<AcceptedDifference>(), OrdinalCollation);
        ReconciliationRun.Map(model.Entity<ReconciliationRun>());
        FindingRow.Map(model.Entity<FindingRow>(), OrdinalCollation);
        Repair.Map(model.Entity<Repair>(), OrdinalCollation);
        CaseRow.Map(model.Entity<CaseRow>(), OrdinalCollation);
        Lease.Map(model.Entity<Lease>());
    }

    /// <summary>Gateway ids are case-sensitive; SQL Server's default would treat cap_A and cap_a as equal.</summary>
    string OrdinalCollation => Database.IsNpgsql() ? "C" : Database.IsSqlServer() ? "Latin1_General_100_BIN2" : "BINARY";
}
