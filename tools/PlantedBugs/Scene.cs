using System.Collections.Concurrent;

namespace PlantedBugs;

/// <summary>One run on a system of its own: what was acknowledged on the way, what was found.</summary>
sealed class Scene(Running system) : IDisposable
{
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    readonly ConcurrentQueue<string> found = [];
    readonly ConcurrentBag<Guid> acknowledged = [];
    bool waited;

    public Running System => system;
    public Shop Shop { get; } = new(system, system.ApiKey);

    /// <summary>The caller has a 2xx for it.</summary>
    public void Has(Guid order) => acknowledged.Add(order);

    public IReadOnlyCollection<Guid> Acknowledged => acknowledged;

    public void Found(string finding) => found.Enqueue(finding);

    /// <summary>Places orders as good clients do.</summary>
    public async Task Place(IReadOnlyList<Draft> drafts, int callers = 8)
    {
        foreach (var placed in await new Load(Shop, drafts).Run(callers))
            Has(placed.OrderId);
    }

    /// <summary>Starts a service again, to die at a point; at rest, so that it is what comes next that dies there.</summary>
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

    /// <summary>Whether it comes about in a time that is enough.</summary>
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

    /// <summary>Waits, once, until every order has ended.</summary>
    public async Task Rests()
    {
        if (!waited)
            await Try(() => system.Checker.AtRest(Rest), "I8");
        waited = true;
    }

    /// <summary>Acts, waits for the ends, and holds the books against the invariants.</summary>
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
