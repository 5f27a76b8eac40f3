using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>The command that the README shows.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_repairs_planted_discrepancies_and_reports_them()
    {
        var host = new ServiceProcess("OrderSaga.Host", new Uri("http://127.0.0.1/"), new Dictionary<string, string?>(), "").Assembly;
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet", [host, "demo-reconciliation"]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["TERM"] = "dumb";
        using var demo = Process.Start(start)!;
        var said = await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();

        demo.ExitCode.ShouldBe(0, said);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), said);
        var lines = said.ReplaceLineEndings(" ");
        lines.ShouldContain("5 differences were found; a dry run changes nothing.");
        lines.ShouldContain("5 differences were found: 4 repaired, 1 open case.");
        lines.ShouldContain("Nothing new: every difference is an open case.");
        var report = said.Split('\n').Last(line => line.Contains("report.html", StringComparison.Ordinal)).Trim().Split(' ')[^1];
        (await File.ReadAllTextAsync(report)).ShouldContain("captured-but-cancelled");
        Directory.Delete(Path.GetDirectoryName(report)!, true);
    }
}
