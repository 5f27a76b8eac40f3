using System.Diagnostics;
using Discrepancies;
using Microsoft.Extensions.Configuration;
using Migrations;
using Npgsql;
using OrderSaga.Platform.Database;

namespace Reconciler.Scale;

/// <summary>One size: create, merge, join, compare.</summary>
static class Trial
{
    const int OfEachClass = 100;
    const int Runs = 3;

    public static readonly DateTime Now = new(2030, 5, 15, 12, 0, 0, DateTimeKind.Utc);

    public static async Task<bool> Run(string server, int orders, bool keep)
    {
        string Connection(string database) => $"{server};Database=scale_{orders}_{database};SSL Mode=Disable;Command Timeout=0;Pooling=false";
        var settings = Schema.Databases.ToDictionary(name => "ConnectionStrings:" + name, name => (string?)Connection(name));
        settings["Database:Mode"] = "PostgreSql";
        var corrupted = await Make(server, orders, Connection, settings);
        await Joined.Copy(server, $"scale_{orders}_joined", Connection);
        Console.WriteLine("  run   merge and rules         FULL JOIN         ratio   with lines         ratio   peak memory");
        var (found, ratios, bareRatios) = (true, new List<double>(), new List<double>());
        for (var run = 1; run <= Runs; run++)
        {
            var merged = await MergeRun.Start(settings);
            var bare = await Joined.Time(Connection("joined"), Joined.Bare);
            var joined = await Joined.Time(Connection("joined"), Joined.WithLines);
            bareRatios.Add(merged.Seconds / bare);
            ratios.Add(merged.Seconds / joined);
            Console.WriteLine($"  {run}     {merged.Seconds,7:0.00} s ({merged.ProcessorSeconds:0.0} s cpu) {bare,10:0.00} s {bareRatios[^1],13:0.00} "
                + $"{joined,10:0.00} s {ratios[^1],13:0.00} {merged.PeakMiB,9:0} MiB");
            found &= Compare(corrupted, merged);
        }

        Console.WriteLine($"  median ratio {bareRatios.Order().ElementAt(Runs / 2):0.00}, with lines {ratios.Order().ElementAt(Runs / 2):0.00}");
        if (!keep)
            await Drop(server, orders);
        return found;
    }

    static async Task<IReadOnlyList<CorruptedOrder>> Make(string server, int orders, Func<string, string> connection, Dictionary<string, string?> settings)
    {
        var watch = Stopwatch.StartNew();
        await Drop(server, orders);
        await Schema.Apply(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        var corrupted = await new Generator(DatabaseMode.PostgreSql, connection).Write(new Plan
        {
            Seed = 1, Clean = orders, Now = Now, Corrupted = Corruptions.Names.ToDictionary(name => name, _ => OfEachClass),
        });
        foreach (var database in Schema.Databases)
            await Execute(connection(database), "VACUUM (ANALYZE)");
        Console.WriteLine($"{orders:N0} consistent and {corrupted.Count:N0} corrupted orders, generated in {watch.Elapsed.TotalSeconds:0} s");
        return corrupted;
    }

    static bool Compare(IReadOnlyList<CorruptedOrder> corrupted, MergeResult merged)
    {
        var wanted = corrupted.Select(one => $"{one.OrderId} {one.Class}").ToHashSet();
        var missed = wanted.Except(merged.Findings).ToList();
        var wrong = merged.Findings.Where(finding => !wanted.Contains(finding)).ToList();
        Console.WriteLine(
            $"        {merged.Snapshots:N0} stories, {merged.Findings.Count:N0} findings: {missed.Count} missed or classed wrong, {wrong.Count} false");
        foreach (var line in missed.Take(5).Select(one => "missed " + one).Concat(wrong.Take(5).Select(one => "false " + one)))
            Console.WriteLine("        " + line);
        return missed.Count == 0 && wrong.Count == 0 && merged.Findings.Count == corrupted.Count;
    }

    static async Task Drop(string server, int orders)
    {
        foreach (var database in Schema.Databases.Append("joined"))
            await Execute(Joined.Server(server), $"DROP DATABASE IF EXISTS scale_{orders}_{database} WITH (FORCE)");
    }

    internal static async Task Execute(string connection, string sql)
    {
        await using var database = new NpgsqlConnection(connection);
        await database.OpenAsync();
        await using var command = new NpgsqlCommand(sql, database);
        await command.ExecuteNonQueryAsync();
    }
}
