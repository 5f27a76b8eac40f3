using System.Reflection;
using MassTransit;

namespace OrderSaga.Payments.Tests;

/// <summary>A delivery with nothing but its message: consumers and preloads must not need more.</summary>
public class Deliveries : DispatchProxy
{
    object? message;

    public static ConsumeContext<T> Of<T>(T message) where T : class
    {
        var delivery = Create<ConsumeContext<T>, Deliveries>();
        ((Deliveries)(object)delivery).message = message;
        return delivery;
    }

    public static ConsumeContext Of(IOrderMessage message) => message switch
    {
        TryAuthorizePayment authorize => Of(authorize),
        ConfirmPayment confirm => Of(confirm),
        CancelPayment cancel => Of(cancel),
        _ => throw new ArgumentOutOfRangeException(nameof(message)),
    };

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case "get_Message":
                return message;
            case "TryGetMessage":
                var requested = targetMethod.GetGenericArguments()[0].IsInstanceOfType(message);
                args![0] = requested ? this : null;
                return requested;
            default:
                throw new InvalidOperationException($"A consumer used {targetMethod.Name}.");
        }
    }
}

/// <summary>The bus while its broker is unavailable: published messages stay in the outbox, where a test reads them.</summary>
public class UnavailableBroker : DispatchProxy
{
    IBus? bus;

    public static IBus Around(IBus bus)
    {
        var unavailable = Create<IBus, UnavailableBroker>();
        ((UnavailableBroker)(object)unavailable).bus = bus;
        return unavailable;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == "GetSendEndpoint"
        ? throw new ConnectionException("the broker is unavailable")
        : targetMethod.Invoke(bus, args);
}
