using System.Globalization;

#pragma warning disable MA0047 // The runtime requires this name without a namespace.

/// <summary>
/// Loaded into a measured .NET process by DOTNET_STARTUP_HOOKS: writes the bytes allocated so far to a file, so that the process itself
/// needs no code for it.
/// </summary>
static class StartupHook
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    static Timer? timer;

    /// <summary>
    /// Called by the runtime before Main. The file is named after the process id, in the directory ORDERSAGA_BENCH_PROBE.
    /// </summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("ORDERSAGA_BENCH_PROBE") is not { } directory)
            return;
        var name = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var file = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        timer = new Timer(_ => Write(file), null, TimeSpan.Zero, Interval);
    }

    static void Write(FileStream file)
    {
        Span<byte> text = stackalloc byte[20];
        GC.GetTotalAllocatedBytes().TryFormat(text, out var length, "D20", CultureInfo.InvariantCulture);
        lock (file)
        {
            file.Position = 0;
            file.Write(text[..length]);
        }
    }
}
