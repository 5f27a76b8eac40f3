using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OrderSaga.Platform.Common;

/// <summary>
/// Named points at which tests kill a process as a power loss would. Off unless the setting <c>FailPoint=name:nth</c> is given: the nth hit
/// of that point kills the process with SIGKILL.
/// </summary>
public static class FailPoint
{
    static readonly ConcurrentDictionary<string, int> Left = new(StringComparer.Ordinal);
    static volatile bool armed;

    /// <summary>Arms one or more points.</summary>
    /// <param name="setting"><c>name:nth</c>, nth from 1; several separated by commas.</param>
    public static void Arm(string? setting)
    {
        foreach (var point in (setting ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = point.Split(':');
            Left[parts[0]] = parts.Length == 2 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var nth) && nth > 0
                ? nth
                : throw new InvalidOperationException($"FailPoint '{point}' must be name:nth with nth from 1.");
            armed = true;
        }
    }

    /// <summary>Kills the process if this is the configured hit.</summary>
    public static void Hit(string name)
    {
        if (armed && Left.ContainsKey(name) && Left.AddOrUpdate(name, 0, (_, left) => left - 1) == 0)
            Process.GetCurrentProcess().Kill();
    }
}
