using System.Diagnostics;
using Repository;

namespace PlantedBugs;

/// <summary>
/// Runs each scenario without a bug, which must find nothing, then with each of its bugs, which must find what the bug breaks. A bug that
/// no scenario shows is caught by a test.
/// </summary>
static class Trials
{
    /// <summary>True if all bugs were caught and nothing else was found.</summary>
    public static async Task<bool> Run(IReadOnlyList<PlantedBug> bugs)
    {
        var good = bugs.Count > 0;
        foreach (var bug in bugs.Where(bug => bug.IsCaughtByTest))
            good &= await FailsItsTest(bug);
        foreach (var group in bugs.Where(bug => !bug.IsCaughtByTest).GroupBy(bug => bug.Run))
        {
            var provocation = Provocation.All.Single(one => one.Name == group.Key);
            var (found, seconds) = await RunOnce(provocation, null);
            Say("(no bug)", $"the same run, {group.Key}", found.Count == 0 ? "nothing, as it must" : "NOT CLEAN: " + found[0], seconds);
            good &= found.Count == 0;
            foreach (var bug in group)
                good &= await IsCaught(bug, provocation);
        }

        Console.WriteLine(good ? $"All {bugs.Count} bugs are caught, and every run without them is clean." : "NOT all is as it must be.");
        return good;
    }

    /// <summary>A test that passes without the bug and fails with it.</summary>
    static async Task<bool> FailsItsTest(PlantedBug bug)
    {
        var watch = Stopwatch.StartNew();
        var clean = await TestRun.Failures(bug.Run, bug.CaughtBy, null);
        var caught = await TestRun.Failures(bug.Run, bug.CaughtBy, bug.Name);
        var good = clean.Count == 0 && caught.Count > 0;
        var what = good ? caught[0] : clean.Count > 0 ? "NOT CLEAN: " + clean[0] : $"NOT CAUGHT by {bug.CaughtBy} of {bug.Run}";
        Say(bug.Name, bug.Breaks, what, watch.Elapsed.TotalSeconds);
        return good;
    }

    static async Task<bool> IsCaught(PlantedBug bug, Provocation provocation)
    {
        var (found, seconds) = await RunOnce(provocation, bug.Name);
        var caught = found.FirstOrDefault(finding => finding.StartsWith(bug.CaughtBy + " ", StringComparison.Ordinal));
        Say(bug.Name, bug.Breaks, caught ?? $"NOT CAUGHT by {bug.CaughtBy}; found: {string.Join("; ", found.DefaultIfEmpty("nothing").Take(3))}", seconds);
        return caught is not null;
    }

    static async Task<(IReadOnlyList<string> Found, double Seconds)> RunOnce(Provocation provocation, string? bug)
    {
        var watch = Stopwatch.StartNew();
        var settings = new Dictionary<string, string?>(provocation.Settings) { ["PLANTED_BUG"] = bug };
        try
        {
            await using var system = await Running.Start(Mode.Servers, new Setup { Settings = settings, OneProcess = provocation.OneProcess });
            using var scene = new Scene(system);
            return (await scene.Play(provocation), watch.Elapsed.TotalSeconds);
        }
        catch (Exception failure)
        {
            return (["The run broke off: " + failure.Message], watch.Elapsed.TotalSeconds);
        }
    }

    static void Say(string bug, string breaks, string caught, double seconds) =>
        Console.WriteLine($"{bug,-26} | {breaks,-60} | {seconds,4:0} s | {caught}");
}
