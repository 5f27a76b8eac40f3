using System.Collections.Concurrent;

namespace PlantedBugs;

/// <summary>One run on its own system: the acknowledged orders and the findings.</summary>
sealed class Scene(Running system) : IDisposable
{
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    readonly ConcurrentQueue<string> found = [];
    readonly ConcurrentBag<Guid> acknowledged = [];
    bool waited;

    public Running System => system;
    public Shop Shop { get; } = new(system, system.ApiKey);

    /// <summary>Records an order that the caller got a 2xx for.</summary>
    public void Has(Guid order) => acknowledged.Add(order);

    public IReadOnlyCollection<Guid> Acknowledged => acknowledged;

    public void Found(string finding) => found.Enqueue(finding);

    /// <summary>Places orders with retries.</summary>
    public async Task Place(IReadOnlyList<Draft> drafts, int callers = 8)
    {
        foreach (var placed in await new Load(Shop, drafts).Run(callers))
            Has(placed.OrderId);
    }

    /// <summary>Restarts a service that will die at a fail point. The system is at rest, so the next work reaches it.</summary>
    public async Task Arm(string service, string failPoint)
    {
        await system.Checker.AtRest();
        await system.Of(service).Kill();
        system.Configure("FailPoint", failPoint);
        await system.AllUp();
        system.Configure("FailPoint", null);
    }

    public async Task DiesAndComesBack(string service)
    {
        await Eventually.Holds($"{service} dies", () => !system.Of(service).IsUp);
        await system.AllUp();
    }

    /// <summary>Whether the condition comes true in time.</summary>
    public async Task<bool> Comes(Func<Task<bool>> condition)
    {
        try
        {
            await Eventually.Holds("it comes", condition, Rest);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits once until every order is final.</summary>
    public async Task Rests()
    {
        if (!waited)
            await Try(() => system.Checker.AtRest(Rest), "I8");
        waited = true;
    }

    /// <summary>Acts, waits for the final states, and checks the ledgers against the invariants.</summary>
    public async Task<IReadOnlyList<string>> Play(Provocation provocation)
    {
        await Try(() => provocation.Act(this), "the run");
        await Rests();
        foreach (var broken in await system.Checker.Broken([.. acknowledged]))
            Found(broken);
        foreach (var broken in await Steps.Broken(system))
            Found(broken);
        return [.. found];
    }

    public void Dispose() => Shop.Dispose();

    async Task Try(Func<Task> act, string what)
    {
        try
        {
            await act();
        }
        catch (Exception failure) when (failure is TimeoutException or ShouldAssertException or HttpRequestException or OperationCanceledException)
        {
            Found($"{what} {failure.Message}");
        }
    }
}
