using System.Globalization;
using System.Text.Json;
using Npgsql;
using Testing;

namespace OrderSaga.Bench;

/// <summary>
/// Runs one baseline alone, without a scenario: <c>bench baseline NAME --smoke [ORDERS [SKUS]]</c>. Creates its own databases, vhost and
/// gateway on the servers of the tests (ORDERSAGA_TEST_POSTGRES, ORDERSAGA_TEST_RABBITMQ). Prints the result and the CPU time per order.
/// </summary>
static class Smoke
{
    static readonly string[] Databases = ["bench_orders", "bench_inventory", "bench_payments"];
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> Run(string name, string[] args)
    {
        var (orders, skus) = (Number(args, 0, 1000), Number(args, 1, 1000));
        await using var fresh = await Mode.Servers.Fresh(Databases);
        using var gateway = await GatewayChild.Start();
        foreach (var database in Databases)
            await Create(new NpgsqlConnectionStringBuilder(fresh.Connection(database)));
        var settings = new BaselineSettings(Databases.ToDictionary(database => database, fresh.Connection), fresh.Settings()["Transport:Url"]!,
            gateway.Url.ToString(), orders, skus, LinesPerOrder: 2, InFlight: 256, WarmUpOrders: Math.Max(100, orders / 2));
        var file = Path.Combine(fresh.Directory, "baseline.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(settings));

        await using var meter = await DatabaseMeter.Open(Databases.Select(fresh.Connection));
        using var child = new BaselineChild(name, file);
        var cpu = new CpuMeter(new Dictionary<string, int> { [name] = child.Id }, gateway.Id, meter, withBroker: true);
        var samples = new List<IReadOnlyDictionary<string, double>>();
        var result = await child.Run(phase =>
        {
            samples.Add(cpu.Read());
            return Task.CompletedTask;
        });
        await Print(result, samples);
        return result.InvariantsHeld ? 0 : 1;
    }

    static async Task Print(BaselineResult result, List<IReadOnlyDictionary<string, double>> samples)
    {
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result, Indented));
        await Console.Out.WriteLineAsync($"{result.Settled / result.Seconds:F1}/s");
        if (samples is not [var warm, var done])
            return;
        foreach (var (process, before) in warm)
            await Console.Out.WriteLineAsync($"{(done[process] - before) / result.Settled:F3} ms of {process} each");
    }

    static int Number(string[] args, int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

    static async Task Create(NpgsqlConnectionStringBuilder wanted)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(wanted.ConnectionString) { Database = "postgres", Pooling = false });
        await source.Run($"CREATE DATABASE {wanted.Database}");
    }
}
