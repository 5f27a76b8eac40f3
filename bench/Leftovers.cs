using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace OrderSaga.Bench;

/// <summary>Resources to clean up when the benchmark is stopped.</summary>
static class Leftovers
{
    const int Stopped = 130;

    static readonly ConcurrentDictionary<IAsyncDisposable, bool> All = new();

    /// <summary>Registers a resource for disposal on a stop.</summary>
    public static void Add(IAsyncDisposable one) => All[one] = true;

    /// <summary>Unregisters a disposed resource.</summary>
    public static void Remove(IAsyncDisposable one) => All.TryRemove(one, out _);

    /// <summary>From now on Ctrl+C and SIGTERM clean up first.</summary>
    public static IDisposable CleanUpOnStop() => new Registrations(
        PosixSignalRegistration.Create(PosixSignal.SIGINT, CleanUp), PosixSignalRegistration.Create(PosixSignal.SIGTERM, CleanUp));

    static void CleanUp(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Progress.Say("stopped; cleaning up");
        foreach (var one in All.Keys)
            one.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(60));
        Environment.Exit(Stopped);
    }

    sealed record Registrations(IDisposable Interrupt, IDisposable Terminate) : IDisposable
    {
        public void Dispose()
        {
            Interrupt.Dispose();
            Terminate.Dispose();
        }
    }
}
