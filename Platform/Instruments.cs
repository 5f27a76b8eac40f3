using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrderSaga.Platform;

/// <summary>The source of all spans and metrics of the services.</summary>
public static class Instruments
{
    public const string Name = "OrderSaga";
    public static readonly ActivitySource Source = new(Name);
    public static readonly Meter Meter = new(Name);
}
