using System.Diagnostics;

namespace Installed;

/// <summary>One service as a real process, started from its own bin directory. Its log file continues over restarts.</summary>
/// <param name="name">The project.</param>
/// <param name="url">Where it listens.</param>
/// <param name="settings">Settings of all processes; they may change before a start.</param>
/// <param name="log">The file of its output.</param>
/// <param name="own">Settings of this process alone.</param>
/// <param name="root">Another checkout to start it from; null: this one.</param>
public sealed class ServiceProcess(
    string name, Uri url, IReadOnlyDictionary<string, string?> settings, string log, IReadOnlyList<(string Name, string Value)>? own = null,
    string? root = null) : IAsyncDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    Process? process;

    public string Name => name;

    /// <summary>Settings of this process alone.</summary>
    public IReadOnlyList<(string Name, string Value)> Own => own ?? [];

    public Uri Url => url;
    public string Assembly => Build.Assembly(name, root);

    /// <summary>The output of the process started last.</summary>
    public int Id => process?.Id ?? throw new InvalidOperationException($"{name} was not started.");

    public bool IsUp => process is { HasExited: false };

    /// <param name="only">Settings for this start only.</param>
    public void Start(params (string Name, string Value)[] only)
    {
        // The shell replaces itself with the service, so the process id is the service's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec dotnet \"$0\" </dev/null >>\"$1\" 2>&1", Assembly, log]);
        start.Environment["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority);
        foreach (var (key, value) in settings.Concat(Own.Concat(only).Select(one => new KeyValuePair<string, string?>(one.Name, one.Value))))
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        process = Process.Start(start)!;
        OrphanCleanup.Watch(process.Id);
    }

    /// <summary>Waits until the service is ready: its databases and the broker are reachable, and its queues exist.</summary>
    public async Task Ready()
    {
        await Eventually.Holds($"{name} is ready; its log ends with:\n{LogTail(30)}", async () =>
        {
            if (!IsUp)
                throw new InvalidOperationException($"{name} ended at its start; its log ends with:\n{LogTail(40)}");
            return await Health() == "ready";
        }, StartLimit);
    }

    /// <summary>The status in /health/ready; null if there is no response.</summary>
    public async Task<string?> Health()
    {
        using var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            using var answer = await http.GetAsync("health/ready");
            return (await answer.Content.ReadFromJsonAsync<HealthAnswer>())?.Status;
        }
        catch (Exception unavailable) when (unavailable is HttpRequestException or OperationCanceledException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Kills the process like kill -9: it writes and sends nothing more.</summary>
    public async Task Kill()
    {
        if (process is null)
            return;
        process.Kill();
        await Gone();
    }

    /// <summary>Stops the process like an orchestrator: SIGTERM, then waits for it to exit.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Stop()
    {
        await Signal("TERM");
        return await Gone();
    }

    /// <param name="what">STOP, CONT or TERM, as <c>kill -l</c> names them.</param>
    public async Task Signal(string what)
    {
        using var signal = Process.Start("kill", ["-" + what, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
    }

    /// <summary>Waits until the process exits for any reason.</summary>
    /// <returns>The exit code; 137 means SIGKILL.</returns>
    public async Task<int> Ended(CancellationToken cancel)
    {
        await process!.WaitForExitAsync(cancel);
        OrphanCleanup.Unwatch(process.Id);
        return process.ExitCode;
    }

    public string LogTail(int lines) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(lines)) : "(no log)";

    /// <summary>The last warnings and errors with their details.</summary>
    public string Troubles(int lines) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).Where(IsTrouble).TakeLast(lines)) : "(no log)";

    public async ValueTask DisposeAsync()
    {
        if (IsUp)
            await Kill();
        process?.Dispose();
    }

    async Task<int> Gone()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        return await Ended(limit.Token);
    }

    static bool IsTrouble(string line) =>
        !line.Contains("\"Level\":\"Information\"", StringComparison.Ordinal) && !line.Contains(" INF ", StringComparison.Ordinal);

    sealed record HealthAnswer(string Status);
}
