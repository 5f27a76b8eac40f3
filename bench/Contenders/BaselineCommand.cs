using System.Text.Json;

namespace OrderSaga.Bench;

/// <summary>What a baseline's process does: runs it, stops where the harness samples, prints its result as the last line.</summary>
static class BaselineCommand
{
    /// <summary>Said on the output where a phase begins; the process goes on when it is given a line.</summary>
    public const string Phase = "PHASE ";

    public static async Task<int> Run(string[] args)
    {
        if (args is not [var name, "--settings", var file])
        {
            await Console.Error.WriteLineAsync("Usage: bench baseline NAME --settings FILE");
            return 2;
        }

        var settings = JsonSerializer.Deserialize<BaselineSettings>(await File.ReadAllTextAsync(file))!;
        var result = await Baselines.Run(name, settings, Wait);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result));
        return 0;
    }

    static async Task Wait(string phase)
    {
        await Console.Out.WriteLineAsync(Phase + phase);
        if (await Console.In.ReadLineAsync() is null)
            throw new InvalidOperationException($"The harness has ended before {phase} of process {Environment.ProcessId}.");
    }
}
