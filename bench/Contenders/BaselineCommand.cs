using System.Text.Json;

namespace OrderSaga.Bench;

/// <summary>Body of a baseline's process: runs it, waits while the harness samples, prints the result as the last line.</summary>
static class BaselineCommand
{
    /// <summary>Printed at the start of a phase; the process continues after it reads a line.</summary>
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
