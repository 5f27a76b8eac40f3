using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Platform.Processing;

namespace Orders.Model;

/// <summary>
/// Numbers the changes of prices: one row. Its lock lets one change commit after the other, so a reader that has seen change 7 has seen all
/// before it. An id or a time of the change would leave holes (docs/adr/0044).
/// </summary>
public sealed class PriceList
{
    const string Only = "products";

    public required string Name { get; init; }

    /// <summary>The number of the last change; 0: none yet.</summary>
    public long Version { get; private set; }

    /// <summary>Locks the list until the commit. Call it before a product is locked.</summary>
    public static async Task<PriceList> Lock(UnitOfWorkContext work)
    {
        if (await work.Lock<PriceList, string>([Only]) is [var locked])
            return locked;
        // Of two first changes one conflicts here, and is repeated.
        var first = new PriceList { Name = Only };
        work.Db.Add(first);
        return first;
    }

    /// <summary>Gives the product the number of its change.</summary>
    public void Stamp(Product product) => product.Changed = ++Version;

    internal static void Map(EntityTypeBuilder<PriceList> row)
    {
        row.ToTable("price_list");
        row.HasKey(x => x.Name);
        row.Property(x => x.Name).HasColumnName("name").HasMaxLength(20);
        row.Property(x => x.Version).HasColumnName("version");
    }
}
