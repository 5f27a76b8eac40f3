namespace OrderSaga.Bench;

/// <summary>Settings of a baseline run.</summary>
/// <param name="Databases">Connection strings of bench_orders, bench_inventory and bench_payments: new and empty, created and dropped by
/// the caller.</param>
/// <param name="BrokerUrl">amqp://user:password@host:port/vhost with a new vhost.</param>
/// <param name="GatewayUrl">Base address of the payment gateway, e.g. http://localhost:5105/sandbox.</param>
/// <param name="Orders">Number of measured orders.</param>
/// <param name="Skus">Number of skus; 1: every order has the same sku.</param>
/// <param name="LinesPerOrder">Lines per order, each with another sku if there are enough.</param>
/// <param name="InFlight">Maximum number of orders in progress; a baseline that uses its own number says so in its notes.</param>
/// <param name="WarmUpOrders">Orders before the measured ones, on the same tables.</param>
public sealed record BaselineSettings(
    IReadOnlyDictionary<string, string> Databases, string BrokerUrl, string GatewayUrl,
    int Orders, int Skus, int LinesPerOrder, int InFlight, int WarmUpOrders);

/// <summary>Result of a baseline run.</summary>
/// <param name="Name">Name of the baseline.</param>
/// <param name="Settled">Measured orders that reached their final state with stock and payment confirmed.</param>
/// <param name="Seconds">Duration of the measured part.</param>
/// <param name="CpuMsOfWarmUp">CPU time of this process before the measured part.</param>
/// <param name="P50">Placed to settled, milliseconds.</param>
/// <param name="P95">Placed to settled, milliseconds.</param>
/// <param name="P99">Placed to settled, milliseconds.</param>
/// <param name="InvariantsHeld">Goods and money were conserved, and no order was lost.</param>
/// <param name="Notes">Explanations for the reader, e.g. how long rows stayed locked.</param>
public sealed record BaselineResult(
    string Name, int Settled, double Seconds, double CpuMsOfWarmUp, double P50, double P95, double P99,
    bool InvariantsHeld, IReadOnlyDictionary<string, string> Notes);
