using FaultRuns.Client;
using FaultRuns.Faults;
using FaultRuns.Servers;

namespace FaultRuns;

/// <summary>What faults act on, and where they report.</summary>
public sealed class FaultRun(Running system, Shop shop, OwnServers servers, TextWriter output)
{
    /// <summary>The exit code of a killed process.</summary>
    public const int Killed = 137;

    /// <summary>The name under which a fault lists it as broken, beside the services' names.</summary>
    public const string Broker = "the broker";

    /// <inheritdoc cref="Broker"/>
    public const string Database = "the database";

    static readonly TimeSpan BackWithin = TimeSpan.FromMinutes(2);
    static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(6);
    static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);

    readonly Stopwatch watch = Stopwatch.StartNew();

    public Running System => system;
    public Shop Shop => shop;
    public OwnServers Servers => servers;
    public DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>The server's name of one of the system's databases.</summary>
    public string DatabaseName(string database) => new NpgsqlConnectionStringBuilder(system.Connection(database)).Database!;

    /// <summary>How often each fault was injected.</summary>
    public ConcurrentDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Violations { get; } = [];

    public void Did(string fault) => Done.AddOrUpdate(fault, 1, (_, times) => times + 1);

    public void Say(string line) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,7:0.0}  {line}"));

    public void Broken(string violation)
    {
        Violations.Enqueue(violation);
        Say($"VIOLATION {violation}");
    }

    /// <summary>Starts it like an orchestrator, until it stays up and is ready, even while its dependencies are unavailable.</summary>
    public Task Back(params string[] services) => Task.WhenAll(services.Select(Back));

    async Task Back(string name)
    {
        var service = system.Of(name);
        var started = watch.Elapsed;
        // Not more often: a starting process needs the processor itself.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        do
        {
            if (!service.IsUp)
                service.Start();
            await timer.WaitForNextTickAsync();
            if (watch.Elapsed - started > BackWithin)
                throw new TimeoutException($"{name} is not back after {BackWithin.TotalSeconds:0} s; its log ends with:\n{service.LogTail(20)}");
        }
        while (await service.Health() is not ("ready" or "degraded"));
    }

    /// <summary>Retries until it succeeds: temporary failures are retried, as a good caller does.</summary>
    public async Task Until(string what, Func<Task<bool>> done, CancellationToken cancel)
    {
        var began = watch.Elapsed;
        using var delay = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!await Try(done, cancel))
        {
            if (watch.Elapsed - began > WaitLimit)
                throw new TimeoutException($"After {WaitLimit} it still did not hold: {what}");
            await delay.WaitForNextTickAsync(cancel);
            delay.Period = delay.Period * 2 < MaxDelay ? delay.Period * 2 : MaxDelay;
        }
    }

    /// <inheritdoc cref="Until"/>
    /// <returns>The response.</returns>
    public async Task<T> Retry<T>(string what, Func<Task<T>> ask, CancellationToken cancel)
    {
        var answer = default(T);
        await Until(what, async () =>
        {
            answer = await ask();
            return true;
        }, cancel);
        return answer!;
    }

    static async Task<bool> Try(Func<Task<bool>> done, CancellationToken cancel)
    {
        try
        {
            return await done();
        }
        catch (Exception unavailable) when (
            !cancel.IsCancellationRequested && (unavailable is NpgsqlException or Shouldly.ShouldAssertException || Shop.IsUnavailable(unavailable)))
        {
            return false;
        }
    }
}
