using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;

namespace OrderSaga.Settlements;

/// <summary>A settlement file, imported with all its rows in one transaction. One per day.</summary>
public sealed class SettlementFile
{
    /// <summary>The UTC day of its operations.</summary>
    public DateOnly Day { get; init; }

    /// <summary>SHA-256 of its bytes, hex; identifies a file that is delivered again.</summary>
    [MaxLength(64)] public required string Hash { get; init; }

    /// <summary>Number of rows.</summary>
    public long Rows { get; init; }

    /// <summary>UTC.</summary>
    public DateTime ImportedAt { get; init; }

    internal static void Map(EntityTypeBuilder<SettlementFile> row)
    {
        row.ToTable("settlement_files");
        row.HasKey(x => x.Day);
        row.Property(x => x.Rows).HasColumnName("row_count");
    }
}

/// <summary>One row of a settlement file: a capture (positive), a refund (negative), or another of <see cref="SettlementKinds"/>.</summary>
public sealed class SettledRow
{
    /// <summary>The gateway's id; the same operation counts once, in whichever file.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="SettlementKinds"/>, or another text from the file.</summary>
    [MaxLength(SettlementKinds.MaxKindLength)] public required string Operation { get; init; }

    [MaxLength(FieldRules.MaxGatewayIdLength)] public required string AuthorizationId { get; init; }

    /// <summary>Our reference at the gateway.</summary>
    [MaxLength(FieldRules.MaxGatewayIdLength)] public required string Reference { get; init; }

    /// <summary>The reference as an order id; null if it is not one.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>Minor units, signed.</summary>
    public long Amount { get; init; }

    /// <summary>The gateway's fee, minor units.</summary>
    public long Fee { get; init; }

    [MaxLength(3)] public required string Currency { get; init; }

    /// <summary>UTC; time of the operation.</summary>
    public DateTime At { get; init; }

    /// <summary>Day of the file.</summary>
    public DateOnly Day { get; init; }

    internal static void Map(EntityTypeBuilder<SettledRow> row, string collation)
    {
        row.ToTable("settlement_rows");
        row.Property(x => x.Id).HasMaxLength(FieldRules.MaxGatewayIdLength).UseCollation(collation);
        row.HasIndex(x => x.OrderId).HasDatabaseName("ix_settlement_rows_order_id");
        row.HasIndex(x => x.Day).HasDatabaseName("ix_settlement_rows_day");
        row.HasOne<SettlementFile>().WithMany().HasForeignKey(x => x.Day).OnDelete(DeleteBehavior.Restrict);
    }
}
