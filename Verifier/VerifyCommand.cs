using System.Data.Common;
using System.Text.Json;
using OrderSaga.Platform.Hosting;
using Spectre.Console;

namespace OrderSaga.Verifier;

/// <summary>The command <c>verify</c>.</summary>
public static class VerifyCommand
{
    const int Clean = 0;
    const int Broken = 1;
    const int NotChecked = 2;
    const int MaxListed = 20;

    /// <summary>Runs the command if the arguments name it and returns true.</summary>
    public static Task<bool> TryRun(string[] args) => CommandLine.TryRun("verify", args, VerifyOptions.Usage, VerifyOptions.Parse, TryVerify);

    static async Task<int> TryVerify(VerifyOptions options, CancellationToken stop)
    {
        try
        {
            return await Verify(options, stop);
        }
        catch (Exception failure) when (failure is InvalidOperationException or OperationCanceledException or DbException or HttpRequestException
            or IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            await Console.Error.WriteLineAsync("The verification failed: " + failure.Message.ReplaceLineEndings(" "));
            return NotChecked;
        }
    }

    static async Task<int> Verify(VerifyOptions options, CancellationToken stop)
    {
        var configuration = Service.Create([.. options.Settings], "reconciler").Configuration;
        var sources = VerifySources.Of(configuration, options.Gateway ? GatewayLedger.Of : (_, _) => null);
        var result = await Follow(progress => new Verification(sources, options, progress, TimeProvider.System)
        {
            Answers = options.ClientLog is { } log ? ClientLog.Read(log, stop) : null,
        }.Run(stop));
        await Print(result);
        if (options.Json is { } file)
            await File.WriteAllBytesAsync(file, result.Json(options), stop);
        return result.Clean ? Clean : Broken;
    }

    /// <summary>Shows the progress on standard error, so that standard output has only the result.</summary>
    static Task<VerifyResult> Follow(Func<Action<string, double>, Task<VerifyResult>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile.Capabilities.Interactive
            ? console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
                .StartAsync(progress =>
                {
                    var task = progress.AddTask("Beginning");
                    return run((what, share) => (task.Description, task.Value) = (what, 100 * share));
                })
            : run((_, _) => { });
    }

    static async Task Print(VerifyResult result)
    {
        foreach (var invariant in result.Invariants)
        {
            var outcome = invariant.Broken > 0 ? $"{invariant.Broken} broken" : invariant.Result;
            await Console.Out.WriteLineAsync($"{invariant.Id,-4} {outcome,-12} {$"{invariant.LookedAt} {invariant.Unit}",-20} {invariant.Text}");
            foreach (var violation in invariant.Violations.Take(MaxListed))
                await Console.Out.WriteLineAsync($"       {violation.Subject} {violation.What}");
            if (invariant.Broken > MaxListed)
                await Console.Out.WriteLineAsync($"       and {invariant.Broken - MaxListed} more");
        }

        foreach (var note in result.Notes)
            await Console.Out.WriteLineAsync(note);
        if (result.Restless > 0)
            await Console.Out.WriteLineAsync($"{result.Restless} orders kept changing and were not judged.");
        await Console.Out.WriteLineAsync(result.Clean ? "All checked invariants hold." : "Some invariants do not hold: see docs/runbook.md.");
    }
}
