using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GiftCards;

/// <summary>The gift card branch of one order.</summary>
sealed class Hold : BranchRow<BranchState, HoldStep>
{
    /// <summary>The card; null if nothing was ever held.</summary>
    public string? Code { get; private set; }

    public long Amount { get; private set; }

    /// <summary>Why the Try was refused.</summary>
    public string? Reason { get; private set; }

    protected override void Apply(HoldStep step)
    {
        (Code, Amount) = step.Request is { } request ? (request.Code, request.Amount) : (Code, Amount);
        Reason = step.Answer is GiftCardRefused refused ? refused.Reason : Reason;
    }

    internal static void Map(EntityTypeBuilder<Hold> row)
    {
        Map(row, "gift_card_holds");
        row.Property(x => x.Code).HasColumnName("code").HasMaxLength(GiftCard.MaxCodeLength);
        row.Property(x => x.Amount).HasColumnName("amount");
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(100);
    }
}

/// <summary>State of an order's gift card branch, for callers whose messages were lost.</summary>
sealed record HoldView(
    Guid OrderId, string Branch, string State, string? Code, long Amount, string? Reason, DateTime CreatedAt, DateTime UpdatedAt)
{
    static readonly DateTime ExampleTime = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static readonly HoldView Example =
        new(Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000"), "giftcard", "Tried", "GC-1", 2500, null, ExampleTime, ExampleTime);

    public static HoldView Of(Hold hold) =>
        new(hold.OrderId, "giftcard", hold.State.ToString(), hold.Code, hold.Amount, hold.Reason, hold.CreatedAt, hold.UpdatedAt);
}
