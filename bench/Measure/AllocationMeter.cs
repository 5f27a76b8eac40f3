using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>Bytes allocated by .NET processes, reported by a probe loaded into them.</summary>
sealed class AllocationMeter : IDisposable
{
    readonly DirectoryInfo output = Directory.CreateTempSubdirectory("ordersaga-probe-");

    /// <summary>Environment variables for a measured process.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Probe.dll"),
        ["ORDERSAGA_BENCH_PROBE"] = output.FullName,
    };

    /// <summary>Sum over the processes, at most a tenth of a second old; null if a process does not report.</summary>
    public long? Read(IEnumerable<int> processes)
    {
        var files = processes.Select(id => Path.Combine(output.FullName, id.ToString(CultureInfo.InvariantCulture))).ToList();
        return files.TrueForAll(File.Exists) ? files.Sum(Read) : null;
    }

    public void Dispose() => output.Delete(true);

    static long Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return long.TryParse(reader.ReadToEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }
}
