using System.Globalization;
using OrderSaga.Platform.Common;
using Serilog.Core;
using Serilog.Events;

namespace OrderSaga.Platform.Telemetry;

/// <summary>Writes times and dates in log lines in the ISO form used everywhere, not in the culture's.</summary>
sealed class LogTimeEnricher : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? changed = null;
        foreach (var (name, value) in logEvent.Properties)
            if (value is ScalarValue { Value: { } scalar } && Text(scalar) is { } text)
                (changed ??= []).Add(new LogEventProperty(name, new ScalarValue(text)));
        changed?.ForEach(logEvent.AddOrUpdateProperty);
    }

    static string? Text(object scalar) => scalar switch
    {
        DateTime time => WebJson.Text(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time),
        DateTimeOffset time => WebJson.Text(time.UtcDateTime),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => null,
    };
}
