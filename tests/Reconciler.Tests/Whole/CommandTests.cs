using System.Diagnostics;

namespace Reconciler.Job.Tests;

/// <summary>The command line, as a separate process beside the service.</summary>
public sealed class CommandTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_exit_code_gives_the_verdict_and_the_report_the_reasons(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var order = await shop.Order();
        (await Reconcile(shop)).ExitCode.ShouldBe(0);
        await shop.Corruptor.OtherAmount(order);

        var report = Path.Combine(shop.Installation.Directory, "report.csv");
        var (exitCode, output) = await Reconcile(shop, "--dry-run", "--report", report);
        exitCode.ShouldBe(1, output);
        (await File.ReadAllTextAsync(report)).ShouldContain($"amount-differs,Critical,{order}");
        (await Reconcile(shop, "--repair", "--order", order.ToString())).ExitCode.ShouldBe(1);
        (await Reconcile(shop, "--repair")).ExitCode.ShouldBe(0, "the case is already open");
        (await shop.Http.Cases()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("'--dat' is unknown. --help lists the options.", "--dat", "2026-01-30")]
    [InlineData("--date 30.1.: use a day", "--date", "30.1.")]
    [InlineData("--date needs a value.", "--date")]
    [InlineData("--order 17: use the order's id", "--order", "17")]
    [InlineData("exclude each other", "--dry-run", "--repair")]
    [InlineData("use a file name ending in", "--report", "report.pdf")]
    public void An_unknown_argument_is_reported(string received, params string[] args) =>
        Should.Throw<ArgumentException>(() => ReconcileOptions.Parse(args)).Message.ShouldContain(received);

    [Fact]
    public async Task Help_exits_0_and_an_unknown_command_does_not()
    {
        var help = await Run([], "reconcile", "--help");
        (help.ExitCode, help.Output).ShouldSatisfyAllConditions(() => help.ExitCode.ShouldBe(0), () => help.Output.ShouldContain("Exit codes"));
        (await Run([], "reconcile", "--nonsense")).ExitCode.ShouldBe(2);
        (await Run([], "reconcile", "--Database:Mode=PostgreSql")).ExitCode.ShouldBe(3, "no connection string");
    }

    static Task<(int ExitCode, string Output)> Reconcile(Shop shop, params string[] args) =>
        Run(shop.Installation.Settings(), ["reconcile", "--Reconciliation:WindowSeconds=0", "--Settlements:FetchEnabled=false", .. args]);

    static async Task<(int ExitCode, string Output)> Run(Dictionary<string, string?> settings, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ReconciliationSettings).Assembly.Location, .. args])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }
}
