using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Settlements;

/// <summary>A database with the imported settlement files.</summary>
public abstract class SettlementDb(DbContextOptions options) : ServiceDb(options)
{
    public DbSet<SettlementFile> SettlementFiles => Set<SettlementFile>();
    public DbSet<SettledRow> SettlementRows => Set<SettledRow>();
    public DbSet<SupersededFile> SupersededFiles => Set<SupersededFile>();
    public DbSet<SupersededRow> SupersededRows => Set<SupersededRow>();

    /// <summary>Gateway ids are case-sensitive; SQL Server's default would treat cap_A and cap_a as equal.</summary>
    protected string OrdinalCollation => Database.IsNpgsql() ? "C" : Database.IsSqlServer() ? "Latin1_General_100_BIN2" : "BINARY";

    /// <summary>
    /// Columns are named as their properties, unless mapped otherwise: ImportedAt is imported_at. The code makes the ids, not the database.
    /// </summary>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(row => row.GetDeclaredProperties()))
        {
            if (property.FindAnnotation(RelationalAnnotationNames.ColumnName) is not null)
                continue;
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
            if (property.IsPrimaryKey())
                property.ValueGenerated = ValueGenerated.Never;
        }
    }

    protected override void Map(ModelBuilder model)
    {
        SettlementFile.Map(model.Entity<SettlementFile>());
        SettledRow.Map(model.Entity<SettledRow>(), OrdinalCollation);
        SupersededFile.Map(model.Entity<SupersededFile>());
        SupersededRow.Map(model.Entity<SupersededRow>(), OrdinalCollation);
    }
}
