using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>What the kernel has counted of one process.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Parent">Who started it.</param>
/// <param name="Name">Its command, at most 15 characters.</param>
/// <param name="Own">Processor time, user and system, milliseconds.</param>
/// <param name="OfReaped">Processor time of its children that have ended and were waited for, milliseconds.</param>
sealed record ProcessTimes(int Id, int Parent, string Name, double Own, double OfReaped);

/// <summary>Reads /proc.</summary>
static class Processes
{
    /// <summary>Linux counts processor time in ticks of 10 ms (USER_HZ).</summary>
    const double MillisecondsOfTick = 10;

    public static IReadOnlyList<ProcessTimes> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => Read(int.Parse(name, CultureInfo.InvariantCulture))).OfType<ProcessTimes>()];

    /// <summary>Processor time that a .NET process's own compiler has taken so far, milliseconds.</summary>
    public static double Jit(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task").Select(path => Read(path + "/stat"))
                .Sum(thread => thread?.Name == ".NET Tiered Com" ? thread.Own : 0);
        }
        catch (IOException)
        {
            // It has ended.
            return 0;
        }
    }

    /// <summary>None when it has ended.</summary>
    public static ProcessTimes? Read(int id) => Read($"/proc/{id}/stat");

    static ProcessTimes? Read(string path)
    {
        string line;
        try
        {
            line = File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has ended between the listing and the reading.
            return null;
        }

        // The name stands in brackets and may hold spaces and brackets itself; the first field after it is the state.
        var end = line.LastIndexOf(')');
        var fields = line[(end + 2)..].Split(' ');
        int Whole(ReadOnlySpan<char> number) => int.Parse(number, CultureInfo.InvariantCulture);
        double Ticks(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture) * MillisecondsOfTick;
        var name = line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..end];
        var id = line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal));
        return new ProcessTimes(Whole(id), Whole(fields[1]), name, Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));
    }
}
