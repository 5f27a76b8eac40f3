using OrderSaga.Contracts;

namespace Orders.Sagas;

/// <summary>Who may place orders over RabbitMQ. Bound from the section <c>Bus</c>; checked at start.</summary>
public sealed class BusSettings
{
    readonly Dictionary<string, string[]> merchants = new(StringComparer.Ordinal);

    /// <summary>
    /// The broker users that may place orders, each with the merchants for which it may: <c>my-shop=acme;hub=acme,beta</c>. No other user may.
    /// </summary>
    public string Users { get; set; } = "";

    /// <summary>The merchants for which this broker user may order; empty if it may not order.</summary>
    public IReadOnlyList<string> MerchantsOf(string user) => merchants.GetValueOrDefault(user, []);

    /// <summary>Reads <see cref="Users"/> for <see cref="MerchantsOf"/>; throws with an explanation if a user or merchant is invalid.</summary>
    public void Parse()
    {
        foreach (var entry in Parts(Users, ';'))
            if (Parts(entry, '=') is not [var user, var list] || Parts(list, ',') is not { Length: > 0 } names
                || !names.All(FieldRules.IsMerchant) || !merchants.TryAdd(user, names))
                throw new InvalidOperationException(
                    $"Bus:Users must name each broker user once with its merchants, like my-shop=acme;hub=acme,beta; '{entry}' does not.");
    }

    static string[] Parts(string text, char separator) =>
        text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
