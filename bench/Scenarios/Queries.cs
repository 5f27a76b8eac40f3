using System.Diagnostics;
using System.Net.Http.Headers;

namespace OrderSaga.Bench;

/// <summary>How many of each query the services answer per second, with a history: what the settings Rates:Query are chosen by.</summary>
static class Queries
{
    /// <summary>Each sends the next query as soon as it has the answer to the last one.</summary>
    const int Callers = 16;

    const int Orders = 1000;
    const string PerSecond = "perSecond", P50 = "p50", P99 = "p99";

    static readonly Variant Unlimited = new(Variant.Ours.Name, new Dictionary<string, string?> { ["Rates:Query:KeyPerSecond"] = "0" });

    static readonly (string Service, string Path)[] All =
    [
        ("Orders.Api", "orders/{order}"),
        ("Orders.Api", "orders?limit=10"),
        ("Orders.Api", "orders?limit=100"),
        ("Orders.Api", "orders/{order}/timeline"),
        ("Orders.Api", "orders/{order}/trace"),
        ("Orders.Api", "products?limit=100"),
        ("Inventory.Worker", "stock?limit=100"),
        ("Inventory.Worker", "branches/stock/{order}"),
        ("Inventory.Worker", "branches/stock/{order}/history"),
        ("Payments.Worker", "branches/payment/{order}"),
        ("Payments.Worker", "branches/payment/{order}/history"),
        ("Reconciler.Job", "cases?limit=100"),
    ];

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        if (!place.HasServers)
            throw new ArgumentException("queries needs --mode servers or one-process.");
        Progress.Say($"queries, {place.Name}");
        await using var system = await OurSystem.Start(place, Unlimited);
        var workload = await Aged.Age(system, options);
        var placed = await system.Saturate(workload, "queried", new Bounds(History.Step, Orders), options);
        var orders = placed.Placed.Select(placement => placement.Order).ToArray();
        var (runs, findings) = (new List<Dictionary<string, double>>(), new HashSet<string>());
        // The first run warms up.
        for (var run = 0; run <= options.Runs; run++)
        {
            runs.Add([]);
            foreach (var (service, path) in All)
                foreach (var (figure, value) in await Measure(system, new Uri(system.Running.Url(service), path), orders, options.Duration, findings))
                    runs[^1][$"GET /{path} {figure}"] = value;
        }

        var result = await system.Result("queries", place, Unlimited, runs.Skip(1), null, [.. findings]);
        yield return result with { Notes = All.ToDictionary(query => $"GET /{query.Path}", query => Text(result, $"GET /{query.Path} ")) };
    }

    static async Task<IEnumerable<(string Figure, double Value)>> Measure(
        OurSystem system, Uri url, Guid[] orders, TimeSpan time, HashSet<string> findings)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.Running.ApiKey);
        var before = await system.Sample();
        var watch = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var (times, random) = (new List<double>(), new Random(caller));
            while (watch.Elapsed < time)
            {
                var since = Stopwatch.GetTimestamp();
                var order = orders[random.Next(orders.Length)].ToString();
                using var answer = await http.GetAsync(new Uri(Uri.UnescapeDataString(url.ToString()).Replace("{order}", order, StringComparison.Ordinal)));
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                if (!answer.IsSuccessStatusCode)
                    lock (findings)
                        findings.Add($"{url} answered {(int)answer.StatusCode}");
            }

            return times;
        }));
        var sorted = all.SelectMany(times => times).Order().ToList();
        var figures = (await system.Sample()).PerOrderSince(before, sorted.Count).Where(pair => pair.Figure is Figure.CpuApplication or Figure.CpuDatabase);
        return [(PerSecond, sorted.Count / watch.Elapsed.TotalSeconds), (P50, Percentiles.At(sorted, 0.5)), (P99, Percentiles.At(sorted, 0.99)), .. figures];
    }

    static string Text(Result result, string query)
    {
        return $"{Median(PerSecond):0}/s, p50 {Median(P50):0.0} ms, p99 {Median(P99):0} ms, CPU of application and database "
            + $"{Median(Figure.CpuApplication):0.00} + {Median(Figure.CpuDatabase):0.00} ms";

        double Median(string figure) => result.Of(query + figure)?.Median ?? double.NaN;
    }
}
