using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The right to act on one version of a thing, for a while. It ends by the database's clock; only who could not act gives it back. A later version
/// is another thing: its lease is free at once.
/// </summary>
public sealed class Lease
{
    /// <summary>Of the thing, wherever that is kept.</summary>
    public Guid Id { get; init; }

    public long Version { get; init; }
    public DateTime Until { get; init; }

    public static void Map(EntityTypeBuilder<Lease> row)
    {
        row.ToTable("leases");
        row.HasKey(x => x.Id);
        row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
        row.Property(x => x.Version).HasColumnName("version");
        row.Property(x => x.Until).HasColumnName("until");
        row.HasIndex(x => x.Until).HasDatabaseName("ix_leases_until");
    }
}

/// <summary>The leases that are kept in one database; any number of processes may claim.</summary>
public sealed class Leases<TDb>(Statements<TDb> statements) where TDb : ServiceDb
{
    /// <summary>
    /// Of the wanted, those without a lease at this version or a later one: the caller has it now. A lease that ends later than one of
    /// twice the length that begins now is of another clock, before a failover, and counts as ended: another process may have claimed it for twice as long.
    /// </summary>
    public async Task<IReadOnlySet<Guid>> Claim(IReadOnlyCollection<(Guid Id, long Version)> wanted, TimeSpan time) => await statements.Run(async db =>
        (await db.QueryIds(
            statements.Dialect.ClaimLeases, [.. statements.Dialect.LeaseRows(wanted), ("seconds", (int)time.TotalSeconds)])).ToHashSet());

    /// <summary>For those that could not be acted on: they are anybody's again.</summary>
    public Task<int> Return(IReadOnlyCollection<Guid> ids) => statements.Run(db => db.Set<Lease>().Where(lease => ids.Contains(lease.Id)).ExecuteDeleteAsync());

    /// <summary>Forgets what ran out.</summary>
    // By the database's own clock, which EF makes of UtcNow.
#pragma warning disable RS0030
    public Task<int> Forget() => statements.Run(db => db.Set<Lease>().Where(lease => lease.Until < DateTime.UtcNow).ExecuteDeleteAsync());
#pragma warning restore RS0030
}
