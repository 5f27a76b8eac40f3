namespace GiftCards;

/// <summary>Command (Try): holds the amount on the card, or nothing.</summary>
public sealed record HoldGiftCard(Guid OrderId, string Code, long Amount) : IOrderMessage;

/// <summary>Command (Confirm): redeems what is held. Cannot fail after <see cref="GiftCardHeld"/>.</summary>
public sealed record RedeemGiftCard(Guid OrderId) : IOrderMessage;

/// <summary>Command (Cancel): returns what is held or redeemed. Valid before the Try; repeatable.</summary>
public sealed record ReleaseGiftCard(Guid OrderId) : IOrderMessage;

/// <summary>Event: the amount is held until it is redeemed or released.</summary>
public sealed record GiftCardHeld(Guid OrderId) : IOrderMessage;

/// <summary>Event: the Try was refused; nothing is held.</summary>
public sealed record GiftCardRefused(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Event: the amount is redeemed.</summary>
public sealed record GiftCardRedeemed(Guid OrderId) : IOrderMessage;

/// <summary>Event: nothing is held or redeemed for the order, and nothing will be.</summary>
public sealed record GiftCardReleased(Guid OrderId) : IOrderMessage;
