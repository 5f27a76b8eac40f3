using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>The kernel's counters of one process.</summary>
/// <param name="Id">Process id.</param>
/// <param name="Parent">Id of the parent process.</param>
/// <param name="Name">Its command, at most 15 characters.</param>
/// <param name="Own">CPU time, user and system, milliseconds.</param>
/// <param name="OfReaped">CPU time of its finished and awaited children, milliseconds.</param>
sealed record ProcessTimes(int Id, int Parent, string Name, double Own, double OfReaped);

/// <summary>Reads /proc.</summary>
static class Processes
{
    /// <summary>Linux counts processor time in ticks of 10 ms (USER_HZ).</summary>
    const double MillisecondsOfTick = 10;

    public static IReadOnlyList<ProcessTimes> All() =>
        [.. Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => Read(int.Parse(name, CultureInfo.InvariantCulture))).OfType<ProcessTimes>()];

    /// <summary>CPU time of a .NET process's JIT compiler, milliseconds.</summary>
    public static double Jit(int process)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{process}/task").Select(path => Read(path + "/stat"))
                .Sum(thread => thread?.Name == ".NET Tiered Com" ? thread.Own : 0);
        }
        catch (IOException)
        {
            // The process has ended.
            return 0;
        }
    }

    /// <summary>The command line, which a process may have replaced by a title; empty if the process has ended.</summary>
    public static string Title(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Null if the process has ended.</summary>
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
            // The process ended between listing and reading.
            return null;
        }

        // The name is in parentheses and may itself contain spaces and parentheses; the first field after it is the state.
        var end = line.LastIndexOf(')');
        var fields = line[(end + 2)..].Split(' ');
        int Whole(ReadOnlySpan<char> number) => int.Parse(number, CultureInfo.InvariantCulture);
        double Ticks(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture) * MillisecondsOfTick;
        var name = line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..end];
        var id = line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal));
        return new ProcessTimes(Whole(id), Whole(fields[1]), name, Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));
    }
}
