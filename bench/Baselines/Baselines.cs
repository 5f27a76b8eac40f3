namespace OrderSaga.Bench;

/// <summary>Alternative implementations of the same work, by name.</summary>
public static class Baselines
{
    /// <summary>Not a baseline: the process that <c>c-2pc-killed</c> starts and kills.</summary>
    internal const string DoomedCoordinator = "c-2pc-coordinator";

    static readonly Dictionary<string, Func<Trial, Task<BaselineResult>>> All = new(StringComparer.Ordinal)
    {
        ["b-usual-outbox"] = trial => UsualOutboxBaseline.Run(trial, prepared: false, TimeProvider.System),
        ["b-usual-prepared"] = trial => UsualOutboxBaseline.Run(trial, prepared: true, TimeProvider.System),
        ["c-2pc"] = trial => TwoPhaseCommit.Run(trial, trial.Settings.Skus, TimeProvider.System),
        ["c-2pc-hot"] = trial => TwoPhaseCommit.Run(trial, skus: 1, TimeProvider.System),
        ["c-2pc-killed"] = trial => KilledCoordinator.Run(trial, TimeProvider.System),
        [DoomedCoordinator] = trial => KilledCoordinator.Prepare(trial, TimeProvider.System),
        ["d1-floor"] = trial => OneByOneFloor.Run(trial, TimeProvider.System),
        ["d2-floor"] = trial => BatchFloor.Run(trial, TimeProvider.System),
        ["e-broker"] = trial => BrokerFloor.Commands(trial, inFlight: 256, TimeProvider.System),
        ["e-broker-one"] = trial => BrokerFloor.Commands(trial, inFlight: 1, TimeProvider.System),
        ["e-broker-envelope"] = trial => BrokerFloor.Envelopes(trial, inFlight: 32, TimeProvider.System),
    };

    /// <summary>Names accepted by <see cref="Run"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Where(name => name != DoomedCoordinator)];

    /// <summary>Runs one baseline. Progress goes to standard error only.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="phase">Awaited with "warm" when the measured part starts and with "done" when it ends: the harness samples
    /// meanwhile.</param>
    public static Task<BaselineResult> Run(string name, BaselineSettings settings, Func<string, Task> phase) => All.TryGetValue(name, out var run)
        ? run(new Trial(name, settings, phase))
        : throw new ArgumentOutOfRangeException(nameof(name), name, $"Unknown baseline. Baselines: {string.Join(", ", Names)}");
}
