using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The right to act on one version of a row for a limited time, by the database's clock. A holder returns it early only if it could not
/// act. A later version of the row can be leased at once.
/// </summary>
public sealed class Lease
{
    /// <summary>Id of the leased row, in whichever table it is.</summary>
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

/// <summary>The leases of one database; any number of processes may claim them.</summary>
public sealed class Leases<TDb>(QueryRunner<TDb> statements) where TDb : DbContext
{
    /// <summary>
    /// Claims the wanted rows that have no lease at this or a later version; returns their ids. A lease that ends later than twice
    /// <paramref name="time"/> from now comes from another clock, before a failover, and counts as ended. Twice, because another process
    /// may claim for twice as long.
    /// </summary>
    public async Task<IReadOnlySet<Guid>> Claim(IReadOnlyCollection<(Guid Id, long Version)> wanted, TimeSpan time) => await statements.Run(async db =>
        (await db.QueryIds(statements.Dialect.ClaimLeases, [.. Rows(wanted), ("seconds", (int)time.TotalSeconds)])).ToHashSet());

    IEnumerable<(string Name, object? Value)> Rows(IReadOnlyCollection<(Guid Id, long Version)> wanted) => statements.Dialect.Rows(
        ("id", wanted.Select(row => row.Id).ToArray()), ("version", wanted.Select(row => row.Version).ToArray()));

    /// <summary>Releases leases whose holder could not act.</summary>
    public Task<int> Release(IReadOnlyCollection<Guid> ids) =>
        statements.Run(db => db.Set<Lease>().Where(lease => ids.Contains(lease.Id)).ExecuteDeleteAsync());

    /// <summary>Deletes expired leases.</summary>
    // UtcNow: EF translates it to the database's own clock.
#pragma warning disable RS0030
    public Task<int> DeleteExpired() => statements.Run(db => db.Set<Lease>().Where(lease => lease.Until < DateTime.UtcNow).ExecuteDeleteAsync());
#pragma warning restore RS0030
}
