using System.Diagnostics;
using System.Text.Json;

namespace OrderSaga.Bench;

/// <summary>A baseline run in a separate process, which waits at the start of each phase so that it can be measured from outside.</summary>
sealed class BaselineChild : IDisposable
{
    static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(5);

    readonly Process process;

    public BaselineChild(string name, string settingsFile) => process = Process.Start(
        new ProcessStartInfo("dotnet", [typeof(BaselineChild).Assembly.Location, "baseline", name, "--settings", settingsFile])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;

    public int Id => process.Id;

    /// <summary>Runs it; <paramref name="phase"/> is called while it waits at the start of each phase.</summary>
    public async Task<BaselineResult> Run(Func<string, Task> phase)
    {
        using var limit = new CancellationTokenSource(WaitLimit);
        var last = "";
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            last = line;
            if (!line.StartsWith(BaselineCommand.Phase, StringComparison.Ordinal))
                continue;
            await phase(line[BaselineCommand.Phase.Length..]);
            await process.StandardInput.WriteLineAsync("go");
            await process.StandardInput.FlushAsync(limit.Token);
        }

        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<BaselineResult>(last)!
            : throw new InvalidOperationException($"The baseline ended with {process.ExitCode}; its last line: {last}");
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
