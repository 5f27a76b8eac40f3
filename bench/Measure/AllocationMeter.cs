using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>Bytes that .NET processes have allocated so far, told by the probe that is loaded into them.</summary>
sealed class AllocationMeter : IDisposable
{
    readonly DirectoryInfo told = Directory.CreateTempSubdirectory("ordersaga-probe-");

    /// <summary>What a process is started with.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Probe.dll"),
        ["ORDERSAGA_BENCH_PROBE"] = told.FullName,
    };

    /// <summary>The sum over the processes; as of a tenth of a second ago at most. None when a process does not tell.</summary>
    public long? Read(IEnumerable<int> processes)
    {
        var files = processes.Select(id => Path.Combine(told.FullName, id.ToString(CultureInfo.InvariantCulture))).ToList();
        return files.TrueForAll(File.Exists) ? files.Sum(Read) : null;
    }

    public void Dispose() => told.Delete(true);

    static long Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return long.TryParse(reader.ReadToEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }
}
