namespace OrderSaga.Bench;

/// <summary>The other ways to do the same work, by name.</summary>
public static class Baselines
{
    static readonly Dictionary<string, Func<Trial, Task<BaselineResult>>> All = new(StringComparer.Ordinal)
    {
        ["d1-floor"] = trial => OneByOneFloor.Run(trial, TimeProvider.System),
        ["d2-floor"] = trial => BatchFloor.Run(trial, TimeProvider.System),
    };

    /// <summary>Every name that <see cref="Run"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys];

    /// <summary>Runs one baseline. Progress goes to the error stream only.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">Where, and how much.</param>
    /// <param name="phase">Awaited with "warm" when the measured part begins and with "done" when it ends: the harness samples meanwhile.</param>
    public static Task<BaselineResult> Run(string name, BaselineSettings settings, Func<string, Task> phase) => All.TryGetValue(name, out var run)
        ? run(new Trial(name, settings, phase))
        : throw new ArgumentOutOfRangeException(nameof(name), name, $"There is no such baseline. There are: {string.Join(", ", Names)}");
}
