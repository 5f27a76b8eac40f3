using OrderSaga.Platform.Http;

namespace Orders.Sagas;

/// <summary>The system that sent an order over the bus.</summary>
/// <param name="User">Its broker user, checked by the broker; empty if the message names none. Null: a process of ours, which is trusted.</param>
/// <param name="Merchants">The merchants for which it may order.</param>
public sealed record OrderSender(string? User, IReadOnlyList<string> Merchants)
{
    public static OrderSender Of(string? user, BusSettings settings) =>
        new(user, user is null ? [] : settings.MerchantsOf(user));

    /// <summary>Why it may not order for this merchant; null if it may.</summary>
    public Problem? Refusal(string merchant) => MayName(merchant) ? null : new Problem(ProblemTypes.Forbidden, (User, Merchants.Count) switch
    {
        ("", _) => "The message has no user-id. Set the AMQP property user-id to the name of your broker user.",
        (_, 0) => $"The broker user {User} belongs to no merchant. Ask the operator to add it to Bus:Users.",
        _ => $"The broker user {User} may order for {string.Join(", ", Merchants)} only.",
    });

    /// <summary>
    /// The merchant that a rejection names. Never one of another system: it would take the rejection for that of its own order.
    /// </summary>
    public string MerchantToName(string merchant) => MayName(merchant) ? merchant : Merchants.FirstOrDefault("");

    /// <summary>True if the address is an exchange for replies of this system. Otherwise it could send our answers anywhere.</summary>
    public bool Owns(Uri address) => User is null || (User.Length > 0 && address.Query is "" or "?temporary=true" && address.Segments[^1] is var name
        && (name == $"{User}.replies" || (name.StartsWith($"{User}.replies.", StringComparison.Ordinal) && !name.Contains(':', StringComparison.Ordinal))));

    bool MayName(string merchant) => User is null || Merchants.Contains(merchant);
}
