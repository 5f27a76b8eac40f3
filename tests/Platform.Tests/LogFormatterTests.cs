using System.Text.Json;
using OrderSaga.Platform.Telemetry;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace Platform.Tests;

/// <summary>What callers, receivers and the gateway write cannot forge a line or control a terminal.</summary>
public sealed class LogFormatterTests
{
    const string Hostile = "a\r\n04:59:59.999 ERR Payments: FORGED \u001b[2J \u009b31m \u2028 \u202e b";
    const string Escaped = @"a\u000d\u000a04:59:59.999 ERR Payments: FORGED \u001b[2J \u009b31m \u2028 \u202e b";

    [Fact]
    public void Control_characters_are_escaped_in_every_text()
    {
        var line = Format(new TextLogFormatter(), "Said {Text} and {@Parts} to {OrderId}", null, Hostile, new[] { Hostile }, Hostile).ShouldHaveSingleItem();
        line.Split(Escaped).Length.ShouldBe(4, line);
        line.ShouldAllBe(character => !char.IsControl(character));
    }

    [Fact]
    public void An_exception_cannot_begin_a_line()
    {
        var lines = Format(new TextLogFormatter(), "It failed", new InvalidOperationException(Hostile));
        lines[0].ShouldContain("ERR Test: It failed");
        lines.Skip(1).ShouldAllBe(line => line.StartsWith("    ", StringComparison.Ordinal));
        lines.ShouldContain(@"    04:59:59.999 ERR Payments: FORGED \u001b[2J \u009b31m ");
    }

    [Fact]
    public void Text_without_control_characters_is_unchanged() =>
        Format(new TextLogFormatter(), "Order of {Name}: {Price}", null, "Zoë \U0001f375 \"x\"", 12).ShouldHaveSingleItem()
            .ShouldContain("Test: Order of Zoë \U0001f375 \"x\": 12");

    [Fact]
    public void A_JSON_line_has_no_control_characters_and_all_texts()
    {
        var line = Format(new JsonLogFormatter(), "Said {Text}", new InvalidOperationException(Hostile), Hostile).ShouldHaveSingleItem();
        line.ShouldAllBe(character => character >= ' ' && character != '\u009b' && character != '\u2028');
        JsonDocument.Parse(line).RootElement.GetProperty("Properties").GetProperty("Text").GetString().ShouldBe(Hostile);
    }

    /// <summary>The lines of an event; the last value is also its OrderId.</summary>
    static string[] Format(ITextFormatter formatter, string template, Exception? exception, params object[] values)
    {
        var parsed = new MessageTemplateParser().Parse(template);
        var names = parsed.Tokens.OfType<PropertyToken>().Select(token => token.PropertyName);
        var properties = names.Zip(values, (name, value) => new LogEventProperty(name, value is string[] many
            ? new SequenceValue(many.Select(one => new ScalarValue(one))) : new ScalarValue(value)));
        using var text = new StringWriter();
        formatter.Format(new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Error, exception, parsed,
            [.. properties, new LogEventProperty("SourceContext", new ScalarValue("Test"))]), text);
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
