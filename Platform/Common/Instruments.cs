using System.Diagnostics;
using System.Diagnostics.Metrics;
using Serilog.Context;

namespace OrderSaga.Platform.Common;

/// <summary>The source of all spans and metrics of the services, and the order id on spans and log lines.</summary>
public static class Instruments
{
    public const string Name = "OrderSaga";
    public static readonly ActivitySource Source = new(Name);
    public static readonly Meter Meter = new(Name);

    /// <summary>Span tag with the order id.</summary>
    public const string OrderTag = "order.id";

    /// <summary>Adds the order id to every log line inside the scope.</summary>
    public static IDisposable? OrderScope(Guid? orderId) => orderId is { } id ? LogContext.PushProperty("OrderId", id) : null;
}
