using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>A process is killed with SIGKILL at a fail point; the next one recovers.</summary>
public sealed class CrashTests
{
    const int Killed = 128 + 9;
    const int Count = 20;

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Messages_of_a_process_killed_after_commit_are_sent(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        (await Run(installation, "pack.after-commit:1")).ShouldBe(Killed);
        (await host.Waiting()).ShouldBe(Count);
        (await host.Counter("a")).ShouldBe(0);

        await host.App.StartAsync();
        await host.Counts("a", Count);
        await host.Counts("echo-a", Count);
        await host.Drained();
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_process_killed_before_commit_leaves_no_messages(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        (await Run(installation, "pack.before-commit:1")).ShouldBe(Killed);
        (await host.Db(db => db.Outbox.CountAsync())).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Messages_sent_again_after_a_kill_are_handled_once(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using (await PackHost.Start(installation))
        {
            // From here on the broker has the queues.
        }

        using var duplicates = new Metric("ordersaga.inbox.duplicates", "bumps");
        (await Run(installation, "outbox.after-confirm:1")).ShouldBe(Killed);
        await using var host = await PackHost.Start(installation);
        await host.Counts("echo-a", Count);
        await host.Drained();
        if (mode.Transport == "RabbitMq")
            await Eventually.Becomes("every message came twice", () => Task.FromResult(duplicates.Sum), sum => sum > 0);
        (await host.Counter("a")).ShouldBe(Count);
    }

    /// <summary>Runs the test service, which sends <see cref="Count"/> messages in one transaction, until it dies.</summary>
    static async Task<int> Run(Installation installation, string failPoint)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Pack.dll"));
        foreach (var argument in PackHost.Arguments(installation, "Consumers=false", $"Send={Count}", "FailPoint=" + failPoint))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill();
            throw new TimeoutException($"The process did not die at {failPoint}: {await output} {await errors}", late);
        }

        return process.ExitCode;
    }
}
