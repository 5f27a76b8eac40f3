using System.Text.Json;
using Installed;

namespace OrderSaga.Bench;

/// <summary>Summary of the services' logs: the number of each warning and error.</summary>
static class Troubles
{
    const int MaxLines = 8;
    const int Length = 180;

    /// <summary>Null without warnings.</summary>
    public static string? Of(Running system)
    {
        var counts = system.Services.SelectMany(name => Lines(system.Of(name)).Select(line => (Service: name, Line: line)))
            .CountBy(line => $"{line.Service}: {line.Line}").OrderByDescending(line => line.Value).ToList();
        return counts.Count == 0 ? null : string.Join(" | ", counts.Take(MaxLines).Select(line => $"{line.Value} x {line.Key}"));
    }

    static IEnumerable<string> Lines(ServiceProcess service) =>
        service.Troubles(int.MaxValue).Split('\n').Where(line => line.StartsWith('{')).Select(Message);

    static string Message(string line)
    {
        using var entry = JsonDocument.Parse(line);
        var text = $"{entry.RootElement.GetProperty("Level").GetString()} {entry.RootElement.GetProperty("MessageTemplate").GetString()}";
        if (entry.RootElement.TryGetProperty("Exception", out var exception))
            text += ": " + exception.GetString()?.Split('\n')[0];
        return text.Length > Length ? text[..Length] : text;
    }
}
