using System.Globalization;
using System.Text;
using OrderSaga.Platform.Common;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace OrderSaga.Platform.Telemetry;

/// <summary>
/// One line for people. Texts of callers, receivers and the gateway cannot start a line of their own or control a terminal: all control
/// characters are escaped, and the lines of an exception are indented.
/// </summary>
sealed class TextLogFormatter : ITextFormatter
{
    const string Indent = "    ";

    readonly MessageTemplateTextFormatter line = new(
        "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj} {OrderId} {TraceId}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        line.Format(logEvent, text);
        output.WriteLine(EscapedText.Of(text.ToString()));
        foreach (var part in logEvent.Exception?.ToString().ReplaceLineEndings("\n").Split('\n') ?? [])
            output.WriteLine(Indent + EscapedText.Of(part));
    }
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
        output.WriteLine(EscapedText.Of(line.ToString(end, line.Length - end).TrimEnd()));
    }
}

/// <summary>Replaces control characters by \uXXXX, which JSON reads too.</summary>
static class EscapedText
{
    public static string Of(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Escape(text) : text;

    static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (IsUnsafe(character))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                escaped.Append(character);
        }

        return escaped.ToString();
    }

    /// <summary>Controls, line separators, and format characters, which can reverse the direction of what follows.</summary>
    static bool IsUnsafe(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
