using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Settlements;

/// <summary>A replaced or voided settlement file. Kept as evidence with its rows.</summary>
public sealed class SupersededFile
{
    public Guid Id { get; init; }
    public DateOnly Day { get; init; }
    [MaxLength(64)] public required string Hash { get; init; }
    public long Rows { get; init; }
    public DateTime ImportedAt { get; init; }

    /// <summary>UTC.</summary>
    public DateTime EndedAt { get; init; }

    /// <summary>Name of the operator's key.</summary>
    [MaxLength(100)] public required string EndedBy { get; init; }

    [MaxLength(ReasonLength)] public required string Reason { get; init; }

    internal const int ReasonLength = 300;

    internal static void Map(EntityTypeBuilder<SupersededFile> row)
    {
        row.ToTable("settlement_files_superseded");
        row.Property(x => x.Rows).HasColumnName("row_count");
        row.HasIndex(x => new { x.Day, x.EndedAt }).HasDatabaseName("ix_settlement_files_superseded_day");
        row.HasIndex(x => x.EndedAt).HasDatabaseName("ix_settlement_files_superseded_ended_at");
    }
}

/// <summary>A row of a <see cref="SupersededFile"/>.</summary>
public sealed class SupersededRow
{
    public Guid FileId { get; init; }
    public required string Id { get; init; }
    [MaxLength(SettlementKinds.MaxKindLength)] public required string Operation { get; init; }
    [MaxLength(100)] public required string AuthorizationId { get; init; }
    [MaxLength(100)] public required string Reference { get; init; }
    public Guid? OrderId { get; init; }
    public long Amount { get; init; }
    public long Fee { get; init; }
    [MaxLength(3)] public required string Currency { get; init; }
    public DateTime At { get; init; }

    /// <summary>Copies the rows of a day; the parameters are the file's id and the day.</summary>
    internal const string Copy = """
        INSERT INTO settlement_rows_superseded (file_id, id, operation, authorization_id, reference, order_id, amount, fee, currency, at)
        SELECT {0}, id, operation, authorization_id, reference, order_id, amount, fee, currency, at FROM settlement_rows WHERE day = {1}
        """;

    internal static void Map(EntityTypeBuilder<SupersededRow> row, string collation)
    {
        row.ToTable("settlement_rows_superseded");
        row.HasKey(x => new { x.FileId, x.Id });
        row.Property(x => x.Id).HasMaxLength(100).UseCollation(collation);
        row.HasOne<SupersededFile>().WithMany().HasForeignKey(x => x.FileId).OnDelete(DeleteBehavior.Restrict);
    }
}
