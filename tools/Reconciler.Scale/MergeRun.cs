using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OrderSaga.Ledgers;
using OrderSaga.Settlements;
using Reconciler.Job;

namespace Reconciler.Scale;

/// <param name="Snapshots">The number of orders checked.</param>
/// <param name="Seconds">From the first statement to the last order.</param>
/// <param name="PeakMiB">Peak resident memory of the process.</param>
/// <param name="ProcessorSeconds">Processor time of all threads.</param>
/// <param name="Findings">Order id and class of each finding.</param>
sealed record MergeResult(long Snapshots, double Seconds, double PeakMiB, double ProcessorSeconds, IReadOnlyList<string> Findings);

/// <summary>The merge and the rules in their own process, so that its memory can be measured.</summary>
static class MergeRun
{
    public static async Task<MergeResult> Start(IReadOnlyDictionary<string, string?> settings)
    {
        var (connections, found) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(connections, JsonSerializer.Serialize(settings));
            using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(MergeRun).Assembly.Location, "merge", connections, found]))!;
            await child.WaitForExitAsync();
            if (child.ExitCode != 0)
                throw new InvalidOperationException($"The merge ended with exit code {child.ExitCode}.");
            return JsonSerializer.Deserialize<MergeResult>(await File.ReadAllTextAsync(found))!;
        }
        finally
        {
            File.Delete(connections);
            File.Delete(found);
        }
    }

    public static async Task<int> Child(string connections, string found)
    {
        var settings = JsonSerializer.Deserialize<Dictionary<string, string?>>(await File.ReadAllTextAsync(connections))!;
        var bounds = new LedgerSettings();
        var ledgers = LedgerSet.Of(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), bounds);
        var watch = Stopwatch.StartNew();
        var terms = new SettlementTerms(new FeeSchedule(140, 25), new SettlementDays(await ledgers.Settlement.DeliveredDays()));
        var findings = new List<string>();
        var snapshots = 0L;
        await foreach (var snapshot in new FourWayMerge(ledgers, bounds).Read(new MergeWindow(Trial.Now.AddMinutes(-5))))
        {
            snapshots++;
            foreach (var finding in Rules.Check(snapshot, terms))
                findings.Add($"{finding.OrderId} {finding.Class}");
        }

        using var self = Process.GetCurrentProcess();
        var result = new MergeResult(snapshots, watch.Elapsed.TotalSeconds, PeakMiB(), self.TotalProcessorTime.TotalSeconds, findings);
        await File.WriteAllTextAsync(found, JsonSerializer.Serialize(result));
        return 0;
    }

    static double PeakMiB()
    {
        var line = File.ReadLines("/proc/self/status").Single(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
