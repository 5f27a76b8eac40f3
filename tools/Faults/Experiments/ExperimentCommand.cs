using FaultRuns.Servers;

namespace FaultRuns.Experiments;

/// <summary>Runs experiments, each with its own servers and system.</summary>
public static class ExperimentCommand
{
    /// <summary>0: everything holds. 1: something does not. 2: the options are invalid.</summary>
    public static async Task<int> Run(IReadOnlyList<string> args, TextWriter output, CancellationToken cancel)
    {
        ExperimentOptions options;
        try
        {
            options = ExperimentOptions.Parse(args);
            OwnServers.MustBeInstalled();
        }
        catch (ArgumentException wrong)
        {
            await output.WriteLineAsync(wrong.Message);
            return 2;
        }

        await using var servers = await OwnServers.Start();
        var holds = true;
        foreach (var experiment in options.Experiments)
            holds &= await Run(experiment, options, servers, output, cancel);
        return holds ? 0 : 1;
    }

    static async Task<bool> Run(
        Experiment experiment, ExperimentOptions options, OwnServers servers, TextWriter output, CancellationToken cancel)
    {
        await output.WriteLineAsync($"\n{experiment.Name}: {experiment.Question}\n");
        await using var system = await Running.Start(Mode.Servers, new Setup { Settings = experiment.Settings });
        using var shop = new Shop(system, system.ApiKey);
        var trial = new Trial(new FaultRun(system, shop, servers, output), options, output, cancel);
        try
        {
            await experiment.Try(trial);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            trial.Require(false, $"the experiment itself: {failure}");
        }

        var verdict = trial.Holds ? "holds." : $"does NOT hold:\n  {string.Join("\n  ", trial.Broken)}";
        await output.WriteLineAsync($"\n{experiment.Name} {verdict}");
        return trial.Holds;
    }
}
