using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(EndToEnd.Tests.Fleet))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace EndToEnd.Tests;

/// <summary>One running system per mode, started by the first story that needs it and shared by all.</summary>
public sealed class Fleet : IAsyncDisposable
{
    /// <summary>
    /// A class of orders with a short payment deadline, and a gateway that accepts late money: for stories about deadlines.
    /// </summary>
    static readonly Setup Setup = new()
    {
        Settings = new Dictionary<string, string?> { ["Orders:TimeToPay:Classes:flash"] = "10", ["Sandbox:LatePaymentSeconds"] = "600" },
    };

    readonly ConcurrentDictionary<Mode, Lazy<Task<Running>>> running = new();

    public Task<Running> Of(Mode mode) => running.GetOrAdd(mode, requested => new(() => Running.Start(requested, Setup))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var started in running.Values.Where(one => one.Value.IsCompletedSuccessfully))
            await (await started.Value).DisposeAsync();
    }
}

/// <summary>A story on a running system; on failure, the services' logs are printed.</summary>
public abstract class Scenario(Fleet fleet) : IAsyncDisposable
{
    Running? used;

    protected static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Starts any process that an earlier story has stopped.</summary>
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
