using System.Diagnostics;
using Repository;

namespace Tidy.Tests;

/// <summary>The patches of scripts/planted-bugs apply to the current source, so they cannot go stale between two runs.</summary>
public sealed class PlantedBugTests
{
    [Fact]
    public void Every_planted_bug_applies_to_the_source() => Refused([.. PlantedBug.Patches]).ShouldBe("");

    [Fact]
    public void A_patch_that_no_longer_applies_is_detected()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "--- a/Inventory.Worker/StockRule.cs\n+++ b/Inventory.Worker/StockRule.cs\n@@ -1 +1 @@\n-no such line\n+another\n");
        Refused(file).ShouldContain("Inventory.Worker/StockRule.cs");
        File.Delete(file);
    }

    [Fact]
    public void The_document_lists_each_bug_with_its_detector()
    {
        var document = Repo.Read("docs/reliability.md");
        PlantedBug.All.Select(bug => $"| `{bug.Name}` | {bug.Breaks} | `{bug.Run}` | {bug.CaughtBy} |")
            .Where(row => !document.Contains(row, StringComparison.Ordinal)).ShouldBeNone();
    }

    [Fact]
    public void Every_test_that_catches_a_bug_exists() => PlantedBug.All.Where(bug => bug.IsCaughtByTest)
        .Where(bug => !Repo.Files(".cs").Any(file => file.StartsWith($"tests/{bug.Run}/", StringComparison.Ordinal)
            && Repo.Read(file).Contains($" {bug.CaughtBy}(", StringComparison.Ordinal)))
        .Select(bug => $"{bug.Name}: {bug.Run} has no test {bug.CaughtBy}").ShouldBeNone();

    /// <summary>What git reports when the patches are applied one after the other.</summary>
    static string Refused(params string[] patches)
    {
        var start = new ProcessStartInfo("git", ["apply", "--check", .. patches])
        {
            WorkingDirectory = Repo.Root, UseShellExecute = false, RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        var errors = git.StandardError.ReadToEnd();
        git.WaitForExit();
        return errors;
    }
}
