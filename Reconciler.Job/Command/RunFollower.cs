using Spectre.Console;

namespace Reconciler.Job;

/// <summary>Starts a run, executes it unless a service takes it first, and shows its progress.</summary>
sealed class RunFollower(RunStarter begin, RunTable runs, RunWorker worker, ReconciliationSettings settings, TimeProvider clock)
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(150);

    public async Task<ReconciliationRun> Follow(ReconcileOptions options, CancellationToken stop)
    {
        var dryRun = options.DryRun ?? !settings.RepairEnabled;
        var kind = options.Order is null ? RunKind.Full : RunKind.Order;
        // Runs left by a killed command that no service has taken over.
        while (await runs.Claim() is { } left)
            await worker.Work(left, stop);
        var begun = await begin.Begin(new RunRequest(kind, $"command line, {Environment.UserName}", dryRun, options.Day, options.Order));
        var working = Work(begun!.Id, stop);
        var ended = await AnsiConsole.Progress().AutoClear(false).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(progress => Show(progress.AddTask("Beginning"), begun.Id, working, stop));
        await working;
        Print(ended);
        return ended;
    }

    /// <summary>
    /// If a service of this installation took the run first, this process only shows its progress. A run that was released because a
    /// database was unavailable is continued.
    /// </summary>
    async Task Work(Guid id, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        do
        {
            if (await runs.Claim() is { } lease)
                await worker.Work(lease, stop);
        }
        while (await runs.Find(id) is { Active: true } && await timer.WaitForTick(stop));
    }

    async Task<ReconciliationRun> Show(ProgressTask task, Guid id, Task working, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(PollInterval, clock);
        while (true)
        {
            var run = (await runs.Find(id))!;
            (task.Description, task.Value) = Describe(run);
            if (run.Active is null || working.IsFaulted)
                return run;
            await timer.WaitForNextTickAsync(stop);
        }
    }

    /// <summary>Reading takes most of the time.</summary>
    static (string Text, double Percent) Describe(ReconciliationRun run) => run.State switch
    {
        RunState.Importing => ("Importing settlement files", 1),
        RunState.Merging when run.OrdersExpected > 0 =>
            ($"Comparing: {Amounts.Count(run.Orders)} orders", 5 + Math.Min(85, 85.0 * run.Orders / run.OrdersExpected)),
        RunState.Merging => ($"Comparing: {Amounts.Count(run.Orders)} orders", 5),
        RunState.Compensating => ($"Compensating: {Amounts.Count(run.Repaired)} repairs, {Amounts.Count(run.Cases)} cases", 92),
        RunState.Reporting => ("Writing the summary", 97),
        RunState.Failed => ("Failed", 100),
        RunState.NotJudged => ("Not judged", 100),
        _ => ("Done", 100),
    };

    static void Print(ReconciliationRun run)
    {
        if (run.Error is not null)
            AnsiConsole.MarkupLineInterpolated($"[red]{run.Error}[/]");
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        table.AddRow("run", run.Id.ToString());
        table.AddRow("orders compared", Amounts.Count(run.Orders));
        table.AddRow("new differences", run.Found == 0 ? "[green]0[/]" : $"[yellow]{Amounts.Count(run.Found)}[/]");
        table.AddRow("already open cases", Amounts.Count(run.Known));
        table.AddRow(run.DryRun ? "repairs (dry run)" : "repairs sent", Amounts.Count(run.Repaired));
        table.AddRow("cases opened", run.Cases == 0 ? "0" : $"[red]{Amounts.Count(run.Cases)}[/]");
        AnsiConsole.Write(table);
    }
}
