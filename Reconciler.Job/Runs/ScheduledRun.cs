using Quartz;

namespace Reconciler.Job;

/// <summary>
/// Begins the runs of the schedule. Every process of a cluster has the schedule; the time for which a run is begun is its key, so the first process
/// begins it and the others find it begun.
/// </summary>
sealed class ScheduledRun(BeginRun begin, RunWorker worker, ReconciliationSettings settings, ILogger<ScheduledRun> log)
{
    public static void Schedule(IServiceCollection services, ReconciliationSettings settings)
    {
        services.AddSingleton<ScheduledRun>();
        services.AddSingleton<RollingSlots>();
        if (settings.Nightly.Length > 0)
        {
            services.AddSingleton<Nights>();
            services.AddQuartz(quartz => quartz.ScheduleJob<NightlyRun>(trigger => trigger.WithIdentity("reconcile-nightly")
                .WithCronSchedule(settings.Nightly, cron => cron.InTimeZone(new Nights(settings).Zone)
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))));
            services.AddQuartzHostedService(host => host.WaitForJobsToComplete = true);
            services.AddPeriodic<MissedNight>(MissedNight.Interval);
        }

        if (settings.RollingMinutes > 0)
            services.AddPeriodic<RollingRun>(RollingRun.Interval);
    }

    /// <summary>False when the run of this time was begun before; one that is left out because another is under way counts as begun.</summary>
    public async Task<bool> Start(RunKind kind, DateTime? at)
    {
        try
        {
            var begun = await begin.Begin(new RunRequest(kind, "schedule", !settings.Repair, ScheduledFor: at)) is not null;
            if (begun)
                worker.Wake();
            return begun;
        }
        catch (RunUnderWay other)
        {
            log.LogInformation("The {Kind} run of {At:u} is left out: {Reason}", kind, at, other.Message);
            return true;
        }
    }
}

/// <summary>The full run at its time.</summary>
[DisallowConcurrentExecution]
sealed class NightlyRun(ScheduledRun schedule, Nights nights, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await schedule.Start(RunKind.Full, nights.KeyOf(context.ScheduledFireTimeUtc ?? clock.GetUtcNow()));
}

/// <summary>A night that was missed, because no process was up or another run was under way, is made good soon after.</summary>
sealed class MissedNight(ScheduledRun schedule, Nights nights, RunTable runs, TimeProvider clock) : IPeriodicJob
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Nothing was missed before the first full run: that one waits for its time.</summary>
    public async Task Run(CancellationToken cancel)
    {
        if (await runs.LastFull() is { } last && nights.Last(clock.GetUtcNow()) is { } due && last.CreatedAt < due)
            await schedule.Start(RunKind.Full, due);
    }
}

/// <summary>
/// A rolling run in each slot of <see cref="ReconciliationSettings.RollingMinutes"/>, counted from midnight UTC, whatever the server's time zone. A slot
/// that comes again, because the clock was set back, has its run again.
/// </summary>
sealed class RollingRun(ScheduledRun schedule, RollingSlots slots, TimeProvider clock) : IPeriodicJob
{
    /// <summary>How often the time is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public async Task Run(CancellationToken cancel)
    {
        if (slots.Next(clock.GetUtcNow()) is not { } slot)
            return;
        if (!await schedule.Start(RunKind.Rolling, slot.At) && slot.CameBefore)
            await schedule.Start(RunKind.Rolling, null);
    }
}
