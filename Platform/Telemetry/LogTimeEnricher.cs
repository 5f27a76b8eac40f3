using System.Globalization;
using OrderSaga.Platform.Common;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

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

/// <summary>One JSON object per line; the timestamp is UTC.</summary>
sealed class JsonLogFormatter : ITextFormatter
{
    const string Head = "{\"Timestamp\":\"";
    readonly JsonFormatter lines = new(renderMessage: true);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        lines.Format(logEvent, text);
        var line = text.GetStringBuilder();
        var end = Head.Length + "yyyy-MM-ddTHH:mm:ss.fffffff+00:00".Length;
        output.Write(Head);
        output.Write(WebJson.Text(logEvent.Timestamp.UtcDateTime));
        output.Write(line.ToString(end, line.Length - end));
    }
}
