using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

/// <summary>Pending hosted payments are polled within their own budget and delay no other work.</summary>
public sealed class PollTests
{
    public static TheoryData<string> Databases() => Bench.Databases();

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 30)]
    [InlineData(600, 1800)]
    [InlineData(1300, 3602)]
    [InlineData(3601, 3602)]
    [InlineData(3700, 3710)]
    public void Poll_intervals_grow_and_end_right_after_the_deadline(int age, int next)
    {
        var since = Some.InAnHour.AddHours(-1);
        new PaymentsSettings().NextPendingPollAt(Some.InAnHour, since, since.AddSeconds(age)).ShouldBe(since.AddSeconds(next));
    }

    [Theory]
    [InlineData(15 * 60)]
    [InlineData(25 * 3600)]
    [InlineData(7 * 24 * 3600)]
    public void Late_money_is_polled_for_after_the_deadline(int payWithin)
    {
        var (settings, created, reads) = (new PaymentsSettings(), Some.InAnHour, new List<DateTime>());
        var payBefore = created.AddSeconds(payWithin);
        for (DateTime? at = payBefore.AddSeconds(3); at is { } now; at = settings.NextDeclinedPollAt(payBefore, now))
            reads.Add(now);
        reads.Count.ShouldBeInRange(5, 9);
        reads[^1].ShouldBe(payBefore.AddHours(24));
        settings.NextDeclinedPollAt(payBefore, created).ShouldBe(payBefore.AddSeconds(10), "a payment abandoned early is polled after the deadline");
    }

    [Fact]
    public void Without_hours_a_declined_payment_is_not_polled() =>
        new PaymentsSettings { DeclinedPollHours = 0 }.NextDeclinedPollAt(Some.InAnHour, Some.InAnHour.AddMinutes(-1)).ShouldBeNull();

    [Fact]
    public async Task Money_a_day_after_a_long_deadline_is_voided()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order) with { PayBefore = Some.InAnHour.AddHours(47) });
        await bench.Drain();
        await Hours(bench, 48);
        bench.Gateway.Conclude(order, "expired");
        await Hours(bench, 12);
        bench.Gateway.Conclude(order, "succeeded");
        await Hours(bench, 13);
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Polling_has_its_own_budget_and_delays_no_capture(string database)
    {
        await using var bench = await Bench.Start(database, "--Payments:MaxPollsPerSecond=20");
        var waiting = Enumerable.Range(0, 300).Select(_ => Some.Order()).ToList();
        await bench.Deliver([.. waiting.Select(order => Some.Hosted(order))]);
        await bench.Drain();
        var card = Some.Order();
        await bench.Deliver(Some.Try(card));
        bench.Waiting().Count.ShouldBe(1, "it is lost, as by a crash");
        bench.Clock.Advance(TimeSpan.FromSeconds(31));

        (await bench.Get<AttemptSweeper>().Sweep()).ShouldBe(1 + 20);
        var handed = bench.Waiting();
        handed[0].Call.OrderId.ShouldBe(card);
        handed.Count(one => one.Poll).ShouldBe(20);
    }

    [Fact]
    public async Task A_payment_with_a_closed_page_is_polled_first()
    {
        await using var bench = await Bench.Start("Sqlite", "--Payments:MaxPollsPerSecond=5");
        var crowd = Enumerable.Range(0, 100).Select(_ => Some.Order()).ToList();
        await bench.Deliver([.. crowd.Select(order => Some.Hosted(order) with { PayBefore = Some.InAnHour.AddDays(1) })]);
        var last = Some.Order();
        await bench.Deliver(Some.Hosted(last));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        bench.Gateway.Conclude(last, "succeeded");
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Drain();
        (await bench.Answers(last)).ShouldBe("PaymentPending, PaymentAuthorized");
    }

    /// <summary>They decide their orders within seconds: customers may have paid in the last one, and their webhooks be late.</summary>
    [Fact]
    public async Task Closed_pages_are_polled_at_once_whatever_the_budget()
    {
        await using var bench = await Bench.Start("Sqlite", "--Payments:MaxPollsPerSecond=5", "--Payments:SweepPageSize=10");
        var crowd = Enumerable.Range(0, 45).Select(_ => Some.Order()).ToList();
        await bench.Deliver([.. crowd.Select(order => Some.Hosted(order))]);
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        bench.Gateway.Conclude(crowd[^1], "succeeded");
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        await bench.Get<AttemptSweeper>().SweepAll(TestContext.Current.CancellationToken);
        await bench.Drain();
        (await bench.Answers(crowd[^1])).ShouldBe("PaymentPending, PaymentAuthorized");
    }

    [Fact]
    public async Task HTTP_429_reduces_polls_but_not_calls()
    {
        await using var bench = await Bench.Start();
        var crowd = Enumerable.Range(0, 100).Select(_ => Some.Order()).ToList();
        await bench.Deliver([.. crowd.Select(order => Some.Hosted(order))]);
        await bench.Drain();
        bench.Gateway.Faults = (operation, _) => operation == "find" ? Fault.Busy : Fault.None;
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Drain();
        var requested = bench.Gateway.Requests;
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Drain();
        bench.Gateway.Requests.ShouldBe(requested, "polling pauses");

        var card = Some.Order();
        await bench.Deliver(Some.Try(card));
        await bench.Drain();
        (await bench.Answers(card)).ShouldBe("PaymentAuthorized", "no breaker is open");
        (await bench.Branch(crowd[0])).State.ShouldBe(BranchState.Pending);
    }

    [Fact]
    public async Task Each_sweeper_query_uses_its_own_index()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "There is no PostgreSQL.");
        await using var bench = await Bench.Start("PostgreSql");
        await bench.Read(db => db.Database.ExecuteSqlRawAsync("""
            INSERT INTO payment_attempts (idempotency_key, order_id, operation, state, lease, next_attempt_at, closes_at, attempts, created_at, updated_at)
            SELECT 'k' || n, gen_random_uuid(), 'authorize', CASE WHEN n % 3 = 0 THEN 'Pending' ELSE 'Succeeded' END, gen_random_uuid(),
                CASE WHEN n % 3 = 0 THEN now() + n * interval '1 second' END, CASE WHEN n % 3 = 0 THEN now() + n * interval '1 second' END, 1, now(), now()
            FROM generate_series(1, 30000) n;
            ANALYZE payment_attempts
            """));
        var now = DateTime.UnixEpoch.AddYears(56);
        (await Plan(bench, db => AttemptSweeper.DueCalls(db, now))).ShouldContain("ix_payment_attempts_calls");
        (await Plan(bench, db => AttemptSweeper.CallsDueTooFarAhead(db, now))).ShouldContain("ix_payment_attempts_calls");
        (await Plan(bench, db => AttemptSweeper.Closed(db, now, now))).ShouldContain("ix_payment_attempts_closing");
        (await Plan(bench, db => AttemptSweeper.DuePolls(db, now))).ShouldContain("ix_payment_attempts_polls");
    }

    static Task<string> Plan(Bench bench, Func<PaymentsDb, IQueryable<PaymentAttempt>> query) => bench.Read(async db =>
    {
        var command = query(db).Take(100).CreateDbCommand();
        command.CommandText = "EXPLAIN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var plan = "";
        while (await rows.ReadAsync())
            plan += rows.GetString(0) + "\n";
        return plan;
    });

    static async Task Hours(Bench bench, int hours)
    {
        for (var hour = 0; hour < hours; hour++)
            await bench.Sweep(TimeSpan.FromHours(1));
    }
}
