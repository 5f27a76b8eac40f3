using OrderSaga.Platform.Hosting;
using Quartz;

namespace Reconciler.Job;

/// <summary>
/// Starts scheduled runs. Every process of a cluster has the schedule. The scheduled time is the run's key, so the first process starts it
/// and the others find it started.
/// </summary>
sealed class ScheduledRun(RunStarter begin, RunWorker worker, ReconciliationSettings settings, ILogger<ScheduledRun> log)
{
    public static void Schedule(IServiceCollection services, ReconciliationSettings settings)
    {
        services.AddSingleton<ScheduledRun>();
        services.AddSingleton<RollingSlots>();
        if (settings.NightlySchedule.Length > 0)
        {
            services.AddSingleton<NightlySchedule>();
            services.AddQuartz(quartz => quartz.ScheduleJob<NightlyRun>(trigger => trigger.WithIdentity("reconcile-nightly")
                .WithCronSchedule(settings.NightlySchedule, cron => cron.InTimeZone(new NightlySchedule(settings).Zone)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))));
            services.AddQuartzHostedService(host => host.WaitForJobsToComplete = true);
            services.AddPeriodic<MissedNightlyRun>(MissedNightlyRun.Interval);
        }

        if (settings.RollingIntervalMinutes > 0)
            services.AddPeriodic<RollingRun>(RollingRun.Interval);
    }

    /// <summary>
    /// Returns false if the run of this time was already started. Returns true if it was started now, or skipped because another run is in
    /// progress.
    /// </summary>
    public async Task<bool> Start(RunKind kind, DateTime? at)
    {
        try
        {
            var begun = await begin.Begin(new RunRequest(kind, "schedule", !settings.RepairEnabled, ScheduledFor: at)) is not null;
            if (begun)
                worker.Wake();
            return begun;
        }
        catch (RunInProgressException other)
        {
            log.LogInformation("Skipped the {Kind} run of {At:u}: {Reason}", kind, at, other.Message);
            return true;
        }
    }
}

/// <summary>Starts the full run at its time.</summary>
[DisallowConcurrentExecution]
sealed class NightlyRun(ScheduledRun schedule, NightlySchedule nightly, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await schedule.Start(RunKind.Full, nightly.KeyOf(context.ScheduledFireTimeUtc ?? clock.GetUtcNow()));
}

/// <summary>Starts a missed full run soon after: no process was running, or another run was in progress.</summary>
sealed class MissedNightlyRun(ScheduledRun schedule, NightlySchedule nightly, RunTable runs, TimeProvider clock) : IPeriodicJob
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Before the first full run nothing counts as missed: it waits for its time.</summary>
    public async Task Run(CancellationToken cancel)
    {
        if (await runs.LastFull() is { } last && nightly.LastDueTime(clock.GetUtcNow()) is { } due && last.CreatedAt < due)
            await schedule.Start(RunKind.Full, due);
    }
}

/// <summary>
/// Starts a rolling run in each slot of <see cref="ReconciliationSettings.RollingIntervalMinutes"/>, counted from midnight UTC, independent of the
/// server's time zone. If the clock is set back, a repeated slot gets another run.
/// </summary>
sealed class RollingRun(ScheduledRun schedule, RollingSlots slots, TimeProvider clock) : IPeriodicJob
{
    /// <summary>Interval between two checks of the time.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public async Task Run(CancellationToken cancel)
    {
        if (slots.Next(clock.GetUtcNow()) is not { } slot)
            return;
        if (!await schedule.Start(RunKind.Rolling, slot.At) && slot.IsRepeated)
            await schedule.Start(RunKind.Rolling, null);
    }
}
