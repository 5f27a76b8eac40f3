using System.Collections.Concurrent;
using System.Diagnostics;
using Installed;

namespace OrderSaga.Bench;

/// <summary>Our system, started for a scenario: its processes, a gateway, and the meters.</summary>
sealed class OurSystem : IAsyncDisposable
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);
    // Counting a backlog of tens of thousands more often would disturb the measurement.
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>No log line per request during measurements.</summary>
    static readonly Dictionary<string, string?> QuietTime = new() { ["Serilog:MinimumLevel:Default"] = "Warning" };

    readonly GatewayChild gateway;
    readonly AllocationMeter allocations;
    readonly DatabaseMeter? database;
    readonly ConcurrentBag<Guid> acknowledged = [];
    readonly List<string> stuck = [];
    readonly List<ServiceProcess> twins = [];

    OurSystem(Running running, GatewayChild gateway, AllocationMeter allocations, DatabaseMeter? database, DateTime startedAt)
    {
        StartedAt = startedAt;
        (Running, this.gateway, this.allocations, this.database) = (running, gateway, allocations, database);
        Orders = new OrderReader(running.Mode.Database, running.Connection("orders"));
        Placer = new Placer(running.Url("Orders.Api"), running.ApiKey);
        Leftovers.Add(this);
    }

    /// <summary>Older rows are generated history, which the checker skips.</summary>
    public DateTime? HistoryBefore { get; set; }

    /// <summary>Time before its first row.</summary>
    public DateTime StartedAt { get; }

    public Running Running { get; }
    public OrderReader Orders { get; }
    public Placer Placer { get; }

    public static async Task<OurSystem> Start(Place place, Variant variant)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var alongside = await GatewayChild.Start();
        var probe = new AllocationMeter();
        var setup = new Setup
        {
            OneProcess = place.OneProcess,
            Root = variant.Root,
            Gateway = new OutsideGateway(alongside.Url, alongside.Ledger),
            Settings = QuietTime.Concat(probe.Environment).Concat(variant.Settings).ToDictionary(),
        };
        var running = await Running.Start(place.Mode, setup);
        var meter = place.HasServers ? await DatabaseMeter.Open(Migrations.Schema.Databases.Select(running.Connection)) : null;
        var system = new OurSystem(running, alongside, probe, meter, now);
        await system.Add(variant.Twins);
        if (variant.Flow is { } flow)
        {
            using var shop = new Shop(running, running.ApiKey);
            await shop.SetSwitch("flow", $$"""[{"value":"{{flow}}"}]""");
        }

        return system;
    }

    /// <summary>Resources used so far.</summary>
    public async Task<Sample> Sample()
    {
        var services = Running.Services.ToDictionary(name => name, name => Running.Of(name).Id);
        twins.ForEach(twin => services.Add(twin.Name + " (2)", twin.Id));
        var cpu = new CpuMeter(services, gateway.Id, database, database is not null);
        var counts = database is null ? null : await database.Read();
        return new Sample(cpu.Read(), counts, allocations.Read(services.Values), Orders.Statements);
    }

    /// <summary>CPU milliseconds used by the JIT compilers of the application's processes.</summary>
    public double CompileTime() => Running.Services.Sum(name => Processes.Jit(Running.Of(name).Id));

    /// <summary>CPU milliseconds per second while idle, including database and broker.</summary>
    public async Task<double> StandBy()
    {
        using var rest = new PeriodicTimer(Rest);
        var before = await Sample();
        await rest.WaitForNextTickAsync();
        return (await Sample()).PerOrderSince(before, (int)Rest.TotalSeconds).Single(figure => figure.Figure == Figure.CpuAll).Value;
    }

    /// <summary>Runs a load and waits until its last order is final.</summary>
    public async Task<Burst> Measure(Loads load, Func<Loads, Task> run)
    {
        var before = await Sample();
        var since = TimeProvider.System.GetUtcNow().UtcDateTime;
        var watch = Stopwatch.StartNew();
        await run(load);
        var placing = watch.Elapsed.TotalSeconds;
        Know(load);
        await Drain();
        var after = await Sample();
        return new Burst(load.Placed, await Orders.Since(since), before, after, placing, await Orders.States(since));
    }

    /// <summary>At maximum speed with a limited number of orders in progress.</summary>
    public Task<Burst> Saturate(Workload workload, string name, Bounds bounds, Options options) =>
        Measure(new Loads(Placer, workload, name), async load =>
        {
            using var flight = new InFlight(Orders, options.InFlight);
            using var stop = new CancellationTokenSource();
            var watch = flight.Watch(stop.Token);
            await load.Closed(options.Callers, bounds, flight);
            await stop.CancelAsync();
            await watch;
        });

    /// <summary>At a fixed rate, whatever an order takes.</summary>
    public Task<Burst> Pace(Workload workload, string name, double perSecond, Bounds bounds) =>
        Measure(new Loads(Placer, workload, name), load => load.Paced(perSecond, bounds));

    /// <summary>Registers orders that must exist at the end.</summary>
    public void Know(Loads load)
    {
        foreach (var placement in load.Placed)
            acknowledged.Add(placement.Order);
    }

    /// <summary>Waits until no order is open; stops with a finding if none finishes for a while.</summary>
    public async Task Drain()
    {
        using var timer = new PeriodicTimer(PollInterval);
        var (last, since) = (int.MaxValue, Stopwatch.StartNew());
        int open;
        while ((open = await Orders.Open()) > 0 && since.Elapsed < StartTimeout)
        {
            if (open < last)
                (last, since) = (open, Stopwatch.StartNew());
            await timer.WaitForNextTickAsync();
        }

        if (open > 0)
            stuck.Add($"{open} orders are open, and none has finished for {StartTimeout.TotalSeconds} s");
    }

    /// <summary>Checks the invariants at the end.</summary>
    public async Task<IReadOnlyList<string>> Check()
    {
        try
        {
            await Running.Checker.AtRest(StartTimeout);
            return [.. stuck, .. await Running.Checker.Broken([.. acknowledged], HistoryBefore)];
        }
        catch (TimeoutException unrest)
        {
            return [.. stuck, unrest.Message];
        }
    }

    /// <summary>Broker messages per order; null without a broker.</summary>
    public async Task<double?> MessagesPerOrder() =>
        database is null ? null : await BrokerMeter.Published(Running.Vhost) / (double)Math.Max(1, acknowledged.Count);

    async Task Add(IEnumerable<string> services)
    {
        foreach (var service in services)
        {
            twins.Add(Running.Twin(service));
            twins[^1].Start();
            await twins[^1].Ready();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Leftovers.Remove(this);
        Placer.Dispose();
        if (database is not null)
            await database.DisposeAsync();
        foreach (var twin in twins)
            await twin.DisposeAsync();
        await Running.DisposeAsync();
        gateway.Dispose();
        allocations.Dispose();
    }
}
