namespace OrderSaga.Bench;

/// <summary>What a baseline is given.</summary>
/// <param name="Databases">Connection strings of bench_orders, bench_inventory and bench_payments: fresh, empty, made and dropped by the caller.</param>
/// <param name="BrokerUrl">amqp://user:password@host:port/vhost, the vhost fresh.</param>
/// <param name="GatewayUrl">Where the payment gateway answers, e.g. http://localhost:5105/sandbox.</param>
/// <param name="Orders">Measured orders.</param>
/// <param name="Skus">1: every order is for the same sku.</param>
/// <param name="LinesPerOrder">Each line names another sku, as far as there are so many.</param>
/// <param name="InFlight">Orders that may be under way at once; a baseline that has a better number of its own says so in its notes.</param>
/// <param name="WarmUpOrders">Orders before the measured ones, on the same tables.</param>
public sealed record BaselineSettings(
    IReadOnlyDictionary<string, string> Databases, string BrokerUrl, string GatewayUrl,
    int Orders, int Skus, int LinesPerOrder, int InFlight, int WarmUpOrders);

/// <summary>What a baseline did.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Settled">Measured orders that came to their end with goods and money confirmed.</param>
/// <param name="Seconds">Of the measured part.</param>
/// <param name="CpuMsOfWarmUp">Processor time of this process until the measured part began.</param>
/// <param name="P50">Placed to settled, milliseconds.</param>
/// <param name="P95">Placed to settled, milliseconds.</param>
/// <param name="P99">Placed to settled, milliseconds.</param>
/// <param name="InvariantsHeld">Goods and money were conserved, and no order was lost.</param>
/// <param name="Notes">What a reader must know, e.g. how long rows stayed locked.</param>
public sealed record BaselineResult(
    string Name, int Settled, double Seconds, double CpuMsOfWarmUp, double P50, double P95, double P99,
    bool InvariantsHeld, IReadOnlyDictionary<string, string> Notes);
