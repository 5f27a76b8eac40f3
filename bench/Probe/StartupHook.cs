using System.Globalization;
using System.Runtime;
using System.Text;

#pragma warning disable MA0047 // The runtime looks for this very name, without a namespace.

/// <summary>
/// Loaded into a measured .NET process by DOTNET_STARTUP_HOOKS: keeps in a file how many bytes it has allocated and how long its JIT has
/// worked, so that the process itself needs no code for it.
/// </summary>
static class StartupHook
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    static Timer? timer;

    /// <summary>Called by the runtime before Main. The file is named after the process, in the directory of ORDERSAGA_BENCH_PROBE.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("ORDERSAGA_BENCH_PROBE") is not { } directory)
            return;
        var name = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var file = new FileStream(Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        timer = new Timer(_ => Write(file), null, TimeSpan.Zero, Interval);
    }

    /// <summary>Of one length always, in one write: a reader never sees half of it.</summary>
    static void Write(FileStream file)
    {
        var jit = (long)JitInfo.GetCompilationTime().TotalMilliseconds;
        var text = string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalAllocatedBytes(),20} {jit,20}");
        lock (file)
        {
            file.Position = 0;
            file.Write(Encoding.ASCII.GetBytes(text));
        }
    }
}
