using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Reconciler.Job.Tests;

/// <summary>The schedule in a cluster, and the lease on a run.</summary>
public sealed class ScheduleTests
{
    static readonly DateTime Night = new(2026, 1, 31, 2, 30, 0, DateTimeKind.Utc);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Two_processes_with_one_schedule_start_each_run_once(Mode mode)
    {
        const string OftenEnough = "Reconciliation:NightlySchedule=0/2 * * * * ?";
        await using var shop = await Shop.Open(mode, OftenEnough);
        await shop.AddReconciler(OftenEnough);
        await Eventually.Holds("three scheduled runs have ended", async () =>
            await shop.Db(db => db.Runs.CountAsync(run => run.RequestedBy == "schedule" && run.State == RunState.Completed)) >= 3);

        var runs = await shop.Db(db => db.Runs.AsNoTracking().OrderBy(run => run.CreatedAt).ToListAsync());
        runs.Select(run => run.ScheduledFor).ShouldBeUnique();
        runs.ShouldAllBe(run => run.DryRun && run.Kind == RunKind.Full);
        runs.Zip(runs.Skip(1)).ShouldAllBe(pair => pair.First.FinishedAt <= pair.Second.CreatedAt);
    }

    [Fact]
    public async Task A_nightly_run_started_elsewhere_is_not_started_again()
    {
        await using var shop = await Shop.Open(Mode.Embedded);
        var begin = shop.Services.GetRequiredService<RunStarter>();
        var begun = await begin.Begin(new RunRequest(RunKind.Full, "schedule", true, ScheduledFor: Night));
        (await begin.Begin(new RunRequest(RunKind.Full, "schedule", true, ScheduledFor: Night))).ShouldBeNull();
        await shop.Http.RunEnds(begun!.Id.ToString());
        (await begin.Begin(new RunRequest(RunKind.Full, "schedule", true, ScheduledFor: Night))).ShouldBeNull("it has ended, and was begun all the same");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_process_paused_beyond_its_lease_changes_nothing(Mode mode)
    {
        // No process works on the run: the worker cannot claim it while a lease is active.
        await using var shop = await Shop.Open(mode, "Reconciliation:LeaseSeconds=600");
        var table = shop.Services.GetRequiredService<RunTable>();
        RunLease? paused = null;
        await Eventually.Holds("the test holds the lease before the worker", async () =>
        {
            var run = await shop.Services.GetRequiredService<RunStarter>().Begin(new RunRequest(RunKind.Full, "test", true));
            if ((paused = await table.Claim()) is not null)
                return true;
            await shop.Http.RunEnds(run!.Id.ToString());
            return false;
        });
        (await paused!.Extend()).ShouldBeTrue();
        await paused.Release();
        var next = (await table.Claim()).ShouldNotBeNull("the lease was given back");

        (await paused.Extend()).ShouldBeFalse();
        await Should.ThrowAsync<LeaseLostException>(() => paused.Run((work, run) =>
        {
            run.MoveTo(work, RunState.Failed);
            return Task.CompletedTask;
        }));
        (await next.Run((_, run) => Task.FromResult(run.State))).ShouldBe(RunState.Importing);
        (await table.Find(next.RunId))!.Resumed.ShouldBe(1);
        await next.Release();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_resumed_single_order_run_reports_no_finding_twice(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Reconciliation:LeaseSeconds=600");
        var order = await shop.Order("tok_declined", "Cancelled");
        await shop.Corruptor.HoldsStock(order);
        var table = shop.Services.GetRequiredService<RunTable>();
        var comparison = shop.Services.GetRequiredService<Comparison>();
        RunLease? lease = null;
        await Eventually.Holds("the test holds the lease before the worker", async () =>
        {
            var run = await shop.Services.GetRequiredService<RunStarter>().Begin(new RunRequest(RunKind.Order, "test", true, OrderId: order));
            if ((lease = await table.Claim()) is not null)
                return true;
            await shop.Http.RunEnds(run!.Id.ToString());
            return false;
        });

        foreach (var _ in (int[])[1, 2])
            await comparison.Run((await table.Find(lease!.RunId))!, lease, CancellationToken.None);
        (await table.Find(lease!.RunId))!.Found.ShouldBe(1);
        await lease.Release();
    }

    [Fact]
    public async Task A_rolling_run_checks_changes_since_the_previous_run()
    {
        await using var shop = await Shop.Open(Mode.Embedded);
        await shop.Order();
        await shop.Http.Reconcile();
        await shop.Order();
        await shop.Order();
        var rolling = await shop.Http.Reconcile(new { kind = "rolling", dryRun = false });
        ((int)rolling["counts"]!["orders"]!).ShouldBe(2);
        ((int)(await shop.Http.Reconcile(new { kind = "rolling", dryRun = true }))["counts"]!["orders"]!).ShouldBe(0);
        ((int)(await shop.Http.Reconcile())["counts"]!["orders"]!).ShouldBe(3);
    }

    [Theory]
    [InlineData("NightlySchedule", "every night")]
    [InlineData("TimeZone", "Mars/Olympus")]
    [InlineData("RollingIntervalMinutes", "60")]
    [InlineData("LeaseSeconds", "1")]
    [InlineData("MaxRepairs", "-1")]
    [InlineData("AlertUrl", "ftp://pager")]
    public void A_setting_out_of_range_stops_startup(string name, string value)
    {
        var settings = new ReconciliationSettings();
        var property = typeof(ReconciliationSettings).GetProperty(name)!;
        property.SetValue(settings, Convert.ChangeType(value, property.PropertyType, System.Globalization.CultureInfo.InvariantCulture));
        Should.Throw<InvalidOperationException>(settings.Check).Message.ShouldContain("Reconciliation:" + name);
        Should.NotThrow(new ReconciliationSettings().Check);
    }
}
