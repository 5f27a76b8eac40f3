using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>The times of scheduled runs when clocks change.</summary>
public sealed class NightlyScheduleTests
{
    /// <summary>The scheduled time and every later check for a missed run agree on one run per night.</summary>
    [Theory]
    [InlineData("0 5 2 * * ?", "Europe/Berlin", "2027-03-27T12:00Z", "2027-03-28T01:00Z 2027-03-29T00:05Z")]
    [InlineData("0 30 2 * * ?", "Europe/Berlin", "2027-03-27T12:00Z", "2027-03-28T01:00Z 2027-03-29T00:30Z")]
    [InlineData("0 5 2 * * ?", "Europe/Berlin", "2027-10-30T12:00Z", "2027-10-31T00:05Z 2027-11-01T01:05Z")]
    [InlineData("0 30 2 * * ?", "Europe/Berlin", "2027-10-30T12:00Z", "2027-10-31T00:30Z 2027-11-01T01:30Z")]
    [InlineData("0 30 2 * * ?", "Europe/Berlin", "2028-02-28T12:00Z", "2028-02-29T01:30Z 2028-03-01T01:30Z")]
    [InlineData("0 30 0 * * ?", "America/Santiago", "2027-09-04T12:00Z", "2027-09-05T04:00Z 2027-09-06T03:30Z")]
    [InlineData("0 30 0 * * ?", "America/Havana", "2027-11-06T12:00Z", "2027-11-07T04:30Z 2027-11-08T05:30Z")]
    [InlineData("0 45 1 * * ?", "Australia/Lord_Howe", "2027-04-03T00:00Z", "2027-04-03T14:45Z 2027-04-04T15:15Z")]
    [InlineData("0 30 2 * * ?", "UTC", "2027-10-30T12:00Z", "2027-10-31T02:30Z 2027-11-01T02:30Z")]
    public void Each_night_has_one_run(string nightly, string zone, string from, string wanted)
    {
        var schedule = new NightlySchedule(new ReconciliationSettings { NightlySchedule = nightly, TimeZone = zone });
        var cron = new Quartz.CronExpression(nightly, schedule.Zone);
        var (fired, missed, start) = (new List<DateTime>(), new List<DateTime>(), Time(from));
        for (var at = cron.GetNextValidTimeAfter(start)!.Value; fired.Count < 2; at = cron.GetNextValidTimeAfter(at)!.Value)
            fired.Add(schedule.KeyOf(at));
        for (var now = start; now.UtcDateTime < fired[1].AddHours(3); now = now.AddMinutes(5))
            missed.Add(schedule.LastDueTime(now)!.Value);

        var times = wanted.Split(' ').Select(text => Time(text).UtcDateTime).ToList();
        fired.ShouldBe(times);
        missed.Where(time => time > start.UtcDateTime).Distinct().ShouldBe(times);
    }

    [Fact]
    public void A_slot_runs_again_only_after_the_clock_was_set_back()
    {
        var slots = new RollingSlots(new ReconciliationSettings { RollingIntervalMinutes = 10 });
        string Seen(string time) => slots.Next(Time($"2027-03-01T{time}Z")) is { } one ? $"{one.At:HH:mm}{(one.IsRepeated ? " again" : "")}" : "-";
        var seen = "12:03 12:09 12:10 12:10 12:19 12:20 11:21 11:29 11:30 12:20 12:25 12:30 14:41 14:49".Split(' ').Select(Seen);
        string.Join(", ", seen).ShouldBe("-, -, 12:10, -, -, 12:20, 11:20 again, -, 11:30 again, 12:20 again, -, 12:30, 14:40, -");
    }

    [Theory, InlineData("Mars/Olympus"), InlineData(""), InlineData("Europe/Berlin ")]
    public void An_unknown_time_zone_gives_one_clear_message(string zone) =>
        Should.Throw<InvalidOperationException>(new ReconciliationSettings { TimeZone = zone }.Check).Message
            .ShouldBe("Reconciliation:TimeZone must be a time zone of this machine, e.g. Europe/Berlin");

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
