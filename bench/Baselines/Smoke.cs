using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace OrderSaga.Bench;

/// <summary>
/// Runs one baseline alone, on databases and a vhost of its own that it drops again: to try it, not to measure.
/// Takes its servers from ORDERSAGA_TEST_POSTGRES and ORDERSAGA_TEST_RABBITMQ.
/// </summary>
static class Smoke
{
    const string Prefix = "bench_smoke";
    static readonly string[] Databases = ["orders", "inventory", "payments"];
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="name">Of the baseline.</param>
    /// <param name="args">Orders, skus and the gateway's url, as far as they are given.</param>
    public static async Task<int> Run(string name, string[] args)
    {
        var orders = args.Length > 0 ? int.Parse(args[0]) : 1000;
        var skus = args.Length > 1 ? int.Parse(args[1]) : 1000;
        var gateway = args.Length > 2 ? args[2] : "http://localhost:5105/";
        var server = Setting("ORDERSAGA_TEST_POSTGRES", "Host=localhost;Username=...;Password=...");
        var broker = new Uri(Setting("ORDERSAGA_TEST_RABBITMQ", "amqp://user:password@localhost:5672"));
        await Drop(server, broker);
        try
        {
            foreach (var database in Databases)
                await Admin(server, $"CREATE DATABASE {Prefix}_{database}");
            await Vhost(broker, HttpMethod.Put);
            var settings = new BaselineSettings(
                Databases.ToDictionary(database => database, database => $"{server};Database={Prefix}_{database}"),
                new Uri(broker, "/" + Prefix).ToString(), gateway, orders, skus, LinesPerOrder: 2, InFlight: 64, WarmUpOrders: orders);
            var result = await Baselines.Run(name, settings, BaselineCommand.Wait);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result, Indented));
            return result.InvariantsHeld ? 0 : 1;
        }
        finally
        {
            await Drop(server, broker);
        }
    }

    static string Setting(string name, string example) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"Set {name}, e.g. to {example}");

    static async Task Drop(string server, Uri broker)
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var database in Databases)
            await Admin(server, $"DROP DATABASE IF EXISTS {Prefix}_{database} WITH (FORCE)");
        await Vhost(broker, HttpMethod.Delete);
    }

    static async Task Admin(string server, string sql)
    {
        await using var database = NpgsqlDataSource.Create($"{server};Database=postgres;SSL Mode=Disable;Pooling=false");
        await database.Run(sql);
    }

    /// <summary>By RabbitMQ's management, on the port that it has by default.</summary>
    static async Task Vhost(Uri broker, HttpMethod method)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{broker.Host}:15672/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(broker.UserInfo)));
        var answer = await http.SendAsync(new HttpRequestMessage(method, "api/vhosts/" + Prefix));
        if (method == HttpMethod.Put)
            answer.EnsureSuccessStatusCode();
    }
}
