using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PlantedBugs;

/// <summary>One test of a suite in its own process, in which a bug can be switched on.</summary>
static partial class TestRun
{
    /// <summary>The failure that the suite reports; null if the test passes.</summary>
    public static async Task<IReadOnlyList<string>> Failures(string suite, string test, string? bug)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory.Replace("tools/PlantedBugs", $"tests/{suite}", StringComparison.Ordinal), suite + ".dll");
        var start = new ProcessStartInfo("dotnet", [assembly, "-nologo", "-nocolor", "-method", "*." + test])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        start.Environment["PLANTED_BUG"] = bug;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (!HasRun().IsMatch(output))
            return [$"No test {test} has run in {suite}: {output}"];
        return process.ExitCode == 0 ? [] : [.. Failed().Matches(output).Select(match => $"{test} fails: {match.Groups["why"].Value.Trim()}")];
    }

    [GeneratedRegex("Total: [1-9]", RegexOptions.None, 1000)]
    private static partial Regex HasRun();

    [GeneratedRegex(@"\[FAIL\]\s*\n(?<why>[^\n]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Failed();
}
