using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(EndToEnd.Tests.Fleet))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EndToEnd.Tests;

/// <summary>One running system for each mode, started when the first story asks for it, shared by all of them.</summary>
public sealed class Fleet : IAsyncDisposable
{
    /// <summary>A class of orders with little time to pay, and a gateway that takes late money: for stories about deadlines.</summary>
    static readonly Setup Setup = new()
    {
        Settings = new Dictionary<string, string?> { ["Orders:PayWithin:Classes:flash"] = "10", ["Sandbox:LatePaymentSeconds"] = "600" },
    };

    readonly ConcurrentDictionary<Mode, Lazy<Task<Running>>> running = new();

    public Task<Running> Of(Mode mode) => running.GetOrAdd(mode, asked => new(() => Running.Start(asked, Setup))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var started in running.Values.Where(one => one.Value.IsCompletedSuccessfully))
            await (await started.Value).DisposeAsync();
    }
}

/// <summary>A story on a running system; when it fails, the services' logs are shown.</summary>
public abstract class Story(Fleet fleet) : IAsyncDisposable
{
    Running? used;

    protected static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>All of its processes are up, whatever the story before has done to them.</summary>
    protected async Task<Shop> On(Mode mode)
    {
        used = await fleet.Of(mode);
        await used.AllUp();
        return new Shop(used, used.ApiKey);
    }

    public ValueTask DisposeAsync()
    {
        if (used is not null && TestContext.Current.TestState?.Result == TestResult.Failed)
            Say(used.Logs(25));
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
