using OrderSaga.Platform.Http;

namespace Orders.Sagas;

/// <summary>The system that sent an order over the bus.</summary>
/// <param name="User">
/// Its broker user, checked by the broker; empty if the message names none. Null: this process, or another one with the same broker user, or
/// there is no broker; then it may order for every merchant.
/// </param>
/// <param name="Merchants">The merchants for which it may order.</param>
public sealed record OrderSender(string? User, IReadOnlyList<string> Merchants)
{
    public static OrderSender Of(string? user, BusSettings settings) =>
        new(user, user is null ? [] : settings.MerchantsOf(user));

    /// <summary>Why the system may not order for this merchant; null if it may.</summary>
    public Problem? Refusal(string merchant) => MayOrderFor(merchant) ? null : new Problem(ProblemTypes.Forbidden, (User, Merchants.Count) switch
    {
        ("", _) => "The message has no user-id. Set the AMQP property user-id to the name of your broker user.",
        (_, 0) => $"The broker user {User} belongs to no merchant. Ask the operator to add it to Bus:Users.",
        _ => $"The broker user {User} may order for {string.Join(", ", Merchants)} only.",
    });

    /// <summary>
    /// The merchant in OrderRejected: the requested one if the system may order for it, otherwise its own first one. With the merchant of another
    /// system, that system would think that its own order was rejected.
    /// </summary>
    public string MerchantForRejection(string merchant) => MayOrderFor(merchant) ? merchant : Merchants.FirstOrDefault("");

    /// <summary>
    /// True if the address is an exchange for replies to this system. Any other address is ignored: a sender must not choose where we send.
    /// </summary>
    public bool OwnsReplyAddress(Uri address) =>
        User is null || (User.Length > 0 && address.Query is "" or "?temporary=true" && IsReplyExchange(address.Segments[^1]));

    /// <summary><c>USER.replies</c>, or a name that continues it after a dot. Names with a colon are exchanges of message types.</summary>
    bool IsReplyExchange(string name) => name == $"{User}.replies"
        || (name.StartsWith($"{User}.replies.", StringComparison.Ordinal) && !name.Contains(':', StringComparison.Ordinal));

    bool MayOrderFor(string merchant) => User is null || Merchants.Contains(merchant);
}
