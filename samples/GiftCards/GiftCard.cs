using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GiftCards;

/// <summary>A card and its amounts, in minor units.</summary>
sealed class GiftCard
{
    public const int MaxCodeLength = 40;

    public required string Code { get; init; }
    public long Available { get; private set; }
    public long Held { get; private set; }
    public long Redeemed { get; private set; }

    public static bool IsCode(string? code) => FieldRules.IsPrintable(code, MaxCodeLength);

    public static GiftCard Issue(string code, long amount) => new() { Code = code, Available = amount };

    public void Apply(Move move) => (Available, Held, Redeemed) = (Available + move.Available, Held + move.Held, Redeemed + move.Redeemed);

    internal static void Map(EntityTypeBuilder<GiftCard> row)
    {
        row.ToTable("gift_cards", table =>
            table.HasCheckConstraint("ck_gift_cards_not_negative", "available >= 0 AND held >= 0 AND redeemed >= 0"));
        row.HasKey(x => x.Code);
        row.Property(x => x.Code).HasColumnName("code").HasMaxLength(MaxCodeLength);
        row.Property(x => x.Available).HasColumnName("available");
        row.Property(x => x.Held).HasColumnName("held");
        row.Property(x => x.Redeemed).HasColumnName("redeemed");
    }
}
