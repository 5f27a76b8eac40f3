using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;
using OrderSaga.Platform.Processing;

namespace Orders.Model;

/// <summary>One entry of the price list.</summary>
public sealed class Product : IVersioned
{
    public required string Sku { get; set; }
    public required string Name { get; set; }

    /// <summary>Minor units.</summary>
    public long UnitPrice { get; set; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; set; }

    public DateTime UpdatedAt { get; set; }
    public long Version { get; set; }

    /// <summary>The number of its last change in the <see cref="PriceList"/>.</summary>
    public long Changed { get; internal set; }

    internal static void Map(EntityTypeBuilder<Product> row)
    {
        row.ToTable("products", table => table.HasCheckConstraint("ck_products_unit_price", "unit_price > 0"));
        row.HasKey(x => x.Sku);
        row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(FieldRules.MaxSkuLength);
        row.Property(x => x.Name).HasColumnName("name").HasMaxLength(FieldRules.MaxProductNameLength);
        row.Property(x => x.UnitPrice).HasColumnName("unit_price");
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(FieldRules.CurrencyLength);
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        row.Property(x => x.Changed).HasColumnName("changed");
        row.HasIndex(x => x.Changed).IsUnique().HasDatabaseName("ix_products_changed");
    }
}
