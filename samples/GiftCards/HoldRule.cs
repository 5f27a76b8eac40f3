using static OrderSaga.Platform.Participants.BranchState;

namespace GiftCards;

/// <summary>What a step adds to a card's amounts.</summary>
sealed record Move(long Available, long Held, long Redeemed);

/// <summary>The branch changes, and so does its card.</summary>
sealed record HoldStep(BranchState To, object? Answer, Move? Move = null, HoldGiftCard? Request = null)
    : Outcome.Step<BranchState>(To, Answer);

/// <summary>(branch, command) -> outcome. Pure. A duplicate gets the first answer again, because that answer may have been lost.</summary>
static class HoldRule
{
    public const string InsufficientAmount = "the amount on the card is insufficient";

    public static Outcome Hold(Hold? hold, HoldGiftCard message, GiftCard? card) => hold?.State switch
    {
        null when card is null => Refuse(message, "unknown card"),
        null when message.Amount <= 0 => Refuse(message, "the amount is invalid"),
        null when card.Available < message.Amount => Refuse(message, InsufficientAmount),
        null => new HoldStep(Tried, new GiftCardHeld(message.OrderId), new Move(-message.Amount, message.Amount, 0), message),
        Tried or Confirmed => new Outcome.Repeat(new GiftCardHeld(message.OrderId)),
        Refused => new Outcome.Repeat(new GiftCardRefused(message.OrderId, hold.Reason!)),
        _ => new Outcome.Repeat(new GiftCardRefused(message.OrderId, "already cancelled")),
    };

    public static Outcome Redeem(Hold? hold, RedeemGiftCard message) => hold?.State switch
    {
        Tried => new HoldStep(Confirmed, new GiftCardRedeemed(message.OrderId), new Move(0, -hold.Amount, hold.Amount)),
        Confirmed => new Outcome.Repeat(new GiftCardRedeemed(message.OrderId)),
        Cancelled => new Outcome.Repeat(new GiftCardReleased(message.OrderId)),
        _ => new Outcome.Violation("Redeem without a hold"),
    };

    public static Outcome Release(Hold? hold, ReleaseGiftCard message) => hold?.State switch
    {
        // Without a Try this leaves a row that refuses the late Try.
        null or Refused => new HoldStep(Cancelled, new GiftCardReleased(message.OrderId)),
        Tried => new HoldStep(Cancelled, new GiftCardReleased(message.OrderId), new Move(hold.Amount, -hold.Amount, 0)),
        Confirmed => new HoldStep(Cancelled, new GiftCardReleased(message.OrderId), new Move(hold.Amount, 0, -hold.Amount)),
        _ => new Outcome.Repeat(new GiftCardReleased(message.OrderId)),
    };

    static HoldStep Refuse(HoldGiftCard message, string reason) => new(Refused, new GiftCardRefused(message.OrderId, reason));
}
