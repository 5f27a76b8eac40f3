using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>What .NET processes say of themselves.</summary>
/// <param name="Allocated">Bytes allocated so far.</param>
/// <param name="JitMilliseconds">Time that the JIT has compiled so far.</param>
sealed record ProbeCounts(long Allocated, long JitMilliseconds)
{
    public static ProbeCounts operator +(ProbeCounts a, ProbeCounts b) => new(a.Allocated + b.Allocated, a.JitMilliseconds + b.JitMilliseconds);
}

/// <summary>Reads what the probe tells that is loaded into .NET processes.</summary>
sealed class ProbeMeter : IDisposable
{
    readonly DirectoryInfo told = Directory.CreateTempSubdirectory("ordersaga-probe-");

    /// <summary>What a process is started with.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Probe.dll"),
        ["ORDERSAGA_BENCH_PROBE"] = told.FullName,
    };

    /// <summary>The sum over the processes; as of a tenth of a second ago at most. None when a process does not tell.</summary>
    public ProbeCounts? Read(IEnumerable<int> processes)
    {
        var files = processes.Select(id => Path.Combine(told.FullName, id.ToString(CultureInfo.InvariantCulture))).ToList();
        return files.TrueForAll(File.Exists) ? files.Select(Read).Aggregate((a, b) => a + b) : null;
    }

    public void Dispose() => told.Delete(true);

    static ProbeCounts Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var numbers = reader.ReadToEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return numbers.Length < 2 ? new ProbeCounts(0, 0)
            : new ProbeCounts(long.Parse(numbers[0], CultureInfo.InvariantCulture), long.Parse(numbers[1], CultureInfo.InvariantCulture));
    }
}
