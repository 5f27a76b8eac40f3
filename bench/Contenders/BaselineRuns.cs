using System.Text.Json;
using Npgsql;
using Testing;

namespace OrderSaga.Bench;

/// <summary>Measures a baseline: separate databases, vhost and gateway for each run.</summary>
sealed class BaselineRuns(string scenario, string name, Place place, int skus)
{
    const int LinesPerOrder = 2;
    const int InFlight = 256;

    static readonly string[] Databases = ["bench_orders", "bench_inventory", "bench_payments"];

    /// <summary>About 10 s each on two cores.</summary>
    static readonly Dictionary<string, int> Orders = new()
    {
        ["b-usual-outbox"] = 600, ["c-2pc"] = 6000, ["c-2pc-hot"] = 4000, ["c-2pc-killed"] = 1000,
        ["d1-floor"] = 8000, ["d2-floor"] = 50_000, ["e-broker"] = 20_000, ["e-broker-one"] = 5000, ["e-broker-envelope"] = 5000,
    };

    readonly List<IReadOnlyDictionary<string, double>> runs = [];
    readonly List<string> findings = [];
    readonly Dictionary<string, string> notes = [];
    bool ended;

    /// <summary>All runs so far.</summary>
    public Result Result => new(scenario, name, place.Name, runs, findings, notes);

    public static async Task<Result> Run(string scenario, string name, Place place, int skus, Options options)
    {
        var baseline = new BaselineRuns(scenario, name, place, skus);
        for (var run = 1; run <= options.Runs; run++)
            await baseline.Next();
        return baseline.Result;
    }

    /// <summary>Runs once more, unless a run has failed.</summary>
    public async Task Next()
    {
        if (ended)
            return;
        Progress.Say($"{scenario}, {name}");
        try
        {
            var (figures, result) = await RunOnce(name, skus);
            runs.Add(figures);
            if (!result.InvariantsHeld)
                findings.Add($"run {runs.Count}: goods or money were not conserved, or an order was lost");
            foreach (var (key, note) in result.Notes)
                notes[key] = note;
            Progress.Say($"    run-{runs.Count}: {figures[Figure.SettledPerSecond]:0} orders/s, {figures[Figure.CpuAll]:0.00} ms of CPU each");
        }
        catch (Exception failure)
        {
            ended = true;
            findings.Add(failure.Message);
            Progress.Say($"    {failure.Message}");
        }
    }

    static async Task<(IReadOnlyDictionary<string, double> Figures, BaselineResult Result)> RunOnce(string name, int skus)
    {
        await using var fresh = await Mode.Servers.Fresh(Databases);
        Leftovers.Add(fresh);
        using var gateway = await GatewayChild.Start();
        foreach (var database in Databases)
            await Create(fresh.Connection(database));
        var orders = Orders.GetValueOrDefault(name, 1000);
        var settings = new BaselineSettings(Databases.ToDictionary(database => database, fresh.Connection), fresh.Settings()["Transport:Url"]!,
            gateway.Url.ToString().TrimEnd('/'), orders, skus, LinesPerOrder, InFlight, Math.Max(100, orders / 4));
        var file = Path.Combine(fresh.Directory, "baseline.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(settings));

        await using var meter = await DatabaseMeter.Open(Databases.Select(fresh.Connection));
        using var child = new BaselineChild(name, file);
        var cpu = new CpuMeter(new Dictionary<string, int> { [name] = child.Id }, gateway.Id, meter, withBroker: true);
        var vhost = new Uri(settings.BrokerUrl).AbsolutePath.Trim('/');
        var samples = new Dictionary<string, Sample>();
        var published = new Dictionary<string, long>();
        var result = await child.Run(async phase =>
        {
            // The broker reports its counters late: the child waits meanwhile, and the waiting time is subtracted.
            if (phase == "warm")
                published[phase] = await BrokerMeter.Published(vhost);
            samples[phase] = new Sample(cpu.Read(), await meter.Read(), null, 0);
            if (phase != "warm")
                published[phase] = await BrokerMeter.Published(vhost);
        });
        Leftovers.Remove(fresh);
        return (Figures(result, samples, published), result);
    }

    static Dictionary<string, double> Figures(BaselineResult result, Dictionary<string, Sample> samples, Dictionary<string, long> published)
    {
        var figures = new Dictionary<string, double>
        {
            [Figure.Orders] = result.Settled,
            [Figure.Seconds] = result.Seconds,
            [Figure.SettledPerSecond] = result.Settled / result.Seconds,
            [Figure.FullP50] = result.P50,
            [Figure.FullP95] = result.P95,
            [Figure.FullP99] = result.P99,
        };
        if (samples.TryGetValue("warm", out var before) && samples.TryGetValue("done", out var after))
        {
            foreach (var (figure, value) in after.PerOrderSince(before, Math.Max(1, result.Settled)))
                figures[figure] = value;
            figures[Figure.Messages] = (published["done"] - published["warm"]) / (double)Math.Max(1, result.Settled);
        }

        return figures;
    }

    static async Task Create(string connection)
    {
        var wanted = new NpgsqlConnectionStringBuilder(connection);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Database = "postgres", Pooling = false });
        await using var create = source.CreateCommand($"CREATE DATABASE {wanted.Database}");
        await create.ExecuteNonQueryAsync();
    }
}
