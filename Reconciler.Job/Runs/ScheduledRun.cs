using Quartz;

namespace Reconciler.Job;

/// <summary>
/// The schedule of full and rolling runs. Every process of a cluster has it; the time that a trigger fired for is the run's key, so the first one
/// begins it and the others find it begun. A night that was missed is made good soon after.
/// </summary>
[DisallowConcurrentExecution]
sealed class ScheduledRun(
    BeginRun begin, RunTable runs, RunWorker worker, ReconciliationSettings settings, TimeProvider clock, ILogger<ScheduledRun> log) : IJob
{
    /// <summary>A night is missed when no process was up, and when another run was under way.</summary>
    static readonly TimeSpan MissedEvery = TimeSpan.FromMinutes(5);

    const string Kind = "kind";
    const string Missed = "missed";

    public static void Schedule(IQuartzBuilder quartz, ReconciliationSettings settings)
    {
        if (settings.Nightly.Length > 0)
        {
            quartz.ScheduleJob<ScheduledRun>(trigger => trigger.WithIdentity("reconcile-nightly").UsingJobData(Kind, nameof(RunKind.Full))
                .WithCronSchedule(settings.Nightly, cron => cron.InTimeZone(Zone(settings))
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)));
            quartz.ScheduleJob<ScheduledRun>(trigger => trigger.WithIdentity("reconcile-missed-night").UsingJobData(Kind, Missed).StartNow()
                .WithSimpleSchedule(every => every.WithInterval(MissedEvery).RepeatForever()));
        }

        if (settings.RollingMinutes > 0)
            quartz.ScheduleJob<ScheduledRun>(trigger => trigger.WithIdentity("reconcile-rolling").UsingJobData(Kind, nameof(RunKind.Rolling))
                .WithCronSchedule($"0 0/{settings.RollingMinutes} * * * ?", cron => cron.WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing)));
    }

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var kind = context.MergedJobDataMap.GetString(Kind);
        if (kind == Missed)
            await MakeGood();
        else
            await Start(Enum.Parse<RunKind>(kind!), (context.ScheduledFireTimeUtc ?? clock.GetUtcNow()).UtcDateTime);
    }

    /// <summary>Nothing was missed before the first full run: that one waits for its time.</summary>
    async Task MakeGood()
    {
        var schedule = new CronExpression(settings.Nightly, Zone(settings));
        if (await runs.LastFull() is { } last && schedule.GetPreviousValidTimeBefore(clock.GetUtcNow()) is { } due && last.CreatedAt < due.UtcDateTime)
            await Start(RunKind.Full, due.UtcDateTime);
    }

    async Task Start(RunKind kind, DateTime at)
    {
        try
        {
            if (await begin.Begin(new RunRequest(kind, "schedule", !settings.Repair, ScheduledFor: at)) is not null)
                worker.Wake();
        }
        catch (RunUnderWay other)
        {
            log.LogInformation("The {Kind} run of {At:u} is left out: {Reason}", kind, at, other.Message);
        }
    }

    static TimeZoneInfo Zone(ReconciliationSettings settings) => TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);
}
