using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace Platform.Tests;

/// <summary>Reads one observable gauge of the platform.</summary>
sealed class GaugeReader : IDisposable
{
    readonly MeterListener listener = new();
    readonly List<Dictionary<string, object?>> tags = [];

    public GaugeReader(string name)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Instruments.Name && instrument.Name == name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, _, found, _) => tags.Add(found.ToArray().ToDictionary()));
        listener.Start();
    }

    /// <summary>The values of one tag over all current measurements.</summary>
    public IReadOnlyList<object?> Read(string tag)
    {
        tags.Clear();
        listener.RecordObservableInstruments();
        return [.. tags.Select(found => found[tag])];
    }

    public void Dispose() => listener.Dispose();
}
