using System.Diagnostics.Metrics;
using OrderSaga.Platform;

namespace Platform.Tests;

/// <summary>Listens to one counter or histogram of the platform.</summary>
sealed class Metric : IDisposable
{
    readonly MeterListener listener = new();
    long sum;
    long count;

    public Metric(string name, string endpoint)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Instruments.Name && instrument.Name == name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Take(value, tags, endpoint));
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Take(value, tags, endpoint));
        listener.Start();
    }

    public long Sum => Interlocked.Read(ref sum);

    public long Count => Interlocked.Read(ref count);

    public void Dispose() => listener.Dispose();

    void Take(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, string endpoint)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == "endpoint" && tag.Value as string == endpoint)
            {
                Interlocked.Add(ref sum, value);
                Interlocked.Increment(ref count);
            }
        }
    }
}
