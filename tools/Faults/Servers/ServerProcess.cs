namespace FaultRuns.Servers;

/// <summary>One server process of the run; its output goes to a file.</summary>
sealed class ServerProcess(string log, IReadOnlyDictionary<string, string> environment, params string[] command)
{
    Process? process;

    public bool IsUp => process is { HasExited: false };

    /// <summary>The shell replaces itself with the program, so the process id is the program's.</summary>
    public void Start()
    {
        process = Process.Start(Info(["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", log, .. command]))!;
        OrphanCleanup.Watch(process.Id);
    }

    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        OrphanCleanup.Unwatch(process.Id);
    }

    /// <summary>Runs the program to its end; it must exit with 0.</summary>
    public async Task Run()
    {
        using var once = Process.Start(Info(["-c", "\"$@\" </dev/null >>\"$0\" 2>&1", log, .. command]))!;
        await once.WaitForExitAsync();
        if (once.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {once.ExitCode}:\n{await File.ReadAllTextAsync(log)}");
    }

    ProcessStartInfo Info(string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", arguments) { WorkingDirectory = Path.GetDirectoryName(log)! };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }
}
