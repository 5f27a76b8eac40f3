namespace OrderSaga.Contracts;

/// <summary>The services that send messages to queues. On RabbitMQ each has a broker user of this name.</summary>
public static class ServiceNames
{
    /// <summary>Places orders over HTTP.</summary>
    public const string OrdersApi = "orders-api";

    /// <summary>Runs the order saga, and places orders that arrive over the bus.</summary>
    public const string OrdersSagas = "orders-sagas";

    /// <summary>The stock participant.</summary>
    public const string Inventory = "inventory";

    /// <summary>The payment participant.</summary>
    public const string Payments = "payments";

    /// <summary>Recovers orders and compares the ledgers.</summary>
    public const string Reconciler = "reconciler";
}

/// <summary>The services that may send this message to its queue. From any other broker user it is refused.</summary>
/// <param name="services">From <see cref="ServiceNames"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SentByAttribute(params string[] services) : Attribute
{
    /// <summary>The senders of every message that has this attribute.</summary>
    public static IReadOnlyDictionary<Type, IReadOnlyList<string>> SendersOfMessages { get; } = typeof(SentByAttribute).Assembly.GetExportedTypes()
        .Where(type => type.IsDefined(typeof(SentByAttribute), inherit: false))
        .ToDictionary(type => type, type => ((SentByAttribute)GetCustomAttribute(type, typeof(SentByAttribute))!).Services);

    /// <summary>From <see cref="ServiceNames"/>.</summary>
    public IReadOnlyList<string> Services { get; } = services;
}
