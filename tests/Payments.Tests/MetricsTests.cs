using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace OrderSaga.Payments.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Each_lane_counts_its_own_open_breaker()
    {
        var open = new Dictionary<string, int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == Instruments.Meter && instrument.Name == "ordersaga.gateway.breaker.open")
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, change, tags, _) =>
        {
            // Other tests open breakers, too.
            if (tags[0] is { Key: "lane", Value: string lane } && lane.StartsWith("metric-", StringComparison.Ordinal))
                open[lane] = open.GetValueOrDefault(lane) + change;
        });
        listener.Start();
        var (one, other) = (PaymentsMetrics.BreakerOf("metric-one", "main"), PaymentsMetrics.BreakerOf("metric-other", "main"));
        await one(true);
        await one(true);
        await other(true);
        await other(false);
        open.ShouldBe(new Dictionary<string, int> { ["metric-one"] = 1, ["metric-other"] = 0 });
    }
}
