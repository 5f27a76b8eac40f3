using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Hops.Tests;

/// <summary>
/// The source files whose code runs for the first time. The runtime compiles a method when it first runs, and tells its listeners:
/// https://learn.microsoft.com/dotnet/fundamentals/diagnostics/runtime-method-events.
/// </summary>
sealed class FirstRuns(SourceFiles sources) : EventListener
{
    const EventKeywords Jit = (EventKeywords)0x10;
    const uint Tier1 = 4, Tier1AfterReplacement = 5;
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, bool> seen = new();
    long latest = Environment.TickCount64;

    public void Listen() => EnableEvents(
        EventSource.GetSources().Single(source => source.Name == "Microsoft-Windows-DotNETRuntime"), EventLevel.Verbose, Jit);

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("MethodLoadVerbose", StringComparison.Ordinal) != true)
            return;
        var tier = (Convert.ToUInt32(Value("MethodFlags"), null) >> 7) & 7;
        if (tier is Tier1 or Tier1AfterReplacement || sources.Of((string)Value("MethodNamespace"), (string)Value("MethodName")) is not { } file)
            return;
        seen[file] = true;
        Interlocked.Exchange(ref latest, Environment.TickCount64);

        object Value(string name) => eventData.Payload![eventData.PayloadNames!.IndexOf(name)]!;
    }

    /// <summary>Waits until nothing has run for the first time for two seconds; returns the files since the last call.</summary>
    public async Task<List<string>> Settle()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (Environment.TickCount64 - Interlocked.Read(ref latest) < Rest.TotalMilliseconds)
            await timer.WaitForNextTickAsync();
        var files = seen.Keys.Order(StringComparer.Ordinal).ToList();
        seen.Clear();
        return files;
    }
}
