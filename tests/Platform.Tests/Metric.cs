using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace Platform.Tests;

/// <summary>Listens to one counter or histogram of the platform.</summary>
sealed class Metric : IDisposable
{
    readonly MeterListener listener = new();
    long sum;
    long count;

    public Metric(string name, string value, string tag = "endpoint")
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Instruments.Name && instrument.Name == name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, measured, tags, _) => Record(measured, tags, tag, value));
        listener.SetMeasurementEventCallback<int>((_, measured, tags, _) => Record(measured, tags, tag, value));
        listener.Start();
    }

    public long Sum => Interlocked.Read(ref sum);

    public long Count => Interlocked.Read(ref count);

    public void Dispose() => listener.Dispose();

    void Record(long measured, ReadOnlySpan<KeyValuePair<string, object?>> tags, string name, string value)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name && tag.Value as string == value)
            {
                Interlocked.Add(ref sum, measured);
                Interlocked.Increment(ref count);
            }
        }
    }
}
