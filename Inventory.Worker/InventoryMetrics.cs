using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace OrderSaga.Inventory;

/// <summary>Counted after the commit.</summary>
static class InventoryMetrics
{
    static readonly Counter<long> Pieces = Instruments.Meter.CreateCounter<long>("ordersaga.stock.received", "{piece}", "Received pieces");

    public static void Received(long quantity) => Pieces.Add(quantity);
}
