using FaultRuns.Client;
using FaultRuns.Faults;
using FaultRuns.Servers;

namespace FaultRuns;

/// <summary>What faults are done to, and where they say what they did.</summary>
public sealed class FaultRun(Running system, Shop shop, OwnServers servers, TextWriter output)
{
    /// <summary>The exit code of a process that was killed.</summary>
    public const int Killed = 137;

    static readonly TimeSpan BackWithin = TimeSpan.FromMinutes(2);

    readonly Dictionary<string, SemaphoreSlim> takers = system.Services.ToDictionary(name => name, _ => new SemaphoreSlim(1));
    readonly Stopwatch watch = Stopwatch.StartNew();

    public Running System => system;
    public Shop Shop => shop;
    public OwnServers Servers => servers;
    public DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>How often each was done.</summary>
    public ConcurrentDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Violations { get; } = [];

    public void Did(string fault) => Done.AddOrUpdate(fault, 1, (_, times) => times + 1);

    public void Say(string line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,7:0.0}  {line}"));

    public void Broken(string violation)
    {
        Violations.Enqueue(violation);
        Say($"VIOLATION {violation}");
    }

    /// <summary>Nobody else breaks these services until it is given back; more than one is taken in one order, so that nobody waits for ever.</summary>
    public async Task<IDisposable> Take(CancellationToken cancel, params string[] services)
    {
        var taken = new Taken();
        foreach (var service in services.Order(StringComparer.Ordinal))
        {
            await takers[service].WaitAsync(cancel);
            taken.Add(takers[service]);
        }

        return taken;
    }

    /// <summary>As an orchestrator does it: started until it stays and is ready, also while what it needs is away.</summary>
    public Task Back(params string[] services) => Task.WhenAll(services.Select(name => Eventually.Holds($"{name} is back", async () =>
    {
        var service = system.Of(name);
        if (!service.IsUp)
            service.Start();
        return await service.Health() is "ready" or "degraded";
    }, BackWithin)));

    sealed class Taken : List<SemaphoreSlim>, IDisposable
    {
        public void Dispose() => ForEach(one => one.Release());
    }
}
