using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>
/// Leases attempts without an answer: their process died, or the gateway did not answer. Then, with a separate rate limit, attempts whose
/// customer has not paid yet, or may still pay late. Locks branch rows first, in key order, so two sweepers cannot lease the same attempt
/// or deadlock. Skips rows locked by another transaction, so they delay no other order.
/// </summary>
sealed class AttemptSweeper(
    UnitOfWork<PaymentsDb> unitOfWork, GatewayBook gateways, CallQueue queue, PaymentsSettings settings, TimeProvider clock,
    ILogger<AttemptSweeper> log) : BackgroundService
{
    /// <summary>Leases one page of due calls and the due polls, queues them after the commit, and returns their number.</summary>
    internal async Task<int> Sweep() => (await SweepCalls(settings.SweepPageSize, [])).Claimed + await SweepPolls(CancellationToken.None);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.SweepIntervalMilliseconds), clock);
        while (await timer.WaitForTick(stoppingToken))
            await SweepAll(stoppingToken);
    }

    /// <summary>A failure of the calls does not delay the polls.</summary>
    internal async Task SweepAll(CancellationToken stop)
    {
        await TrySweep(() => SweepPages(int.MaxValue, SweepCalls, stop));
        await TrySweep(() => SweepPolls(stop));
    }

    async Task TrySweep(Func<Task> sweep)
    {
        try
        {
            await sweep();
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "Could not claim due payment attempts; retrying in {Milliseconds} ms", settings.SweepIntervalMilliseconds);
        }
    }

    /// <summary>Leases page after page; skips rows locked by another transaction until the next sweep.</summary>
    static async Task<int> SweepPages(int max, Func<int, HashSet<Guid>, Task<(int Claimed, bool More)>> sweep, CancellationToken stop)
    {
        var (claimed, more, skipped) = (0, true, new HashSet<Guid>());
        while (more && claimed < max && !stop.IsCancellationRequested)
        {
            (var page, more) = await sweep(max - claimed, skipped);
            claimed += page;
            PaymentsMetrics.Swept(page);
        }

        return claimed;
    }

    Task<(int Claimed, bool More)> SweepCalls(int max, HashSet<Guid> skipped) => unitOfWork.Run(async work =>
    {
        var (now, maxDueAt) = Now();
        var (db, page) = ((PaymentsDb)work.Db, Math.Min(max, settings.SweepPageSize));
        var due = await Page(DueCalls(db, now), page, skipped);
        if (due.Count < page)
            due.AddRange(await Page(CallsDueTooFarAhead(db, maxDueAt), page - due.Count, skipped));
        return await Claim(work, due, page, skipped, row => row.IsCallDue(now, maxDueAt), poll: false);
    });

    /// <summary>Payments whose page has just closed come first and outside the rate limit: their orders are decided within seconds.</summary>
    async Task<int> SweepPolls(CancellationToken stop)
    {
        if (gateways.Names.All(queue.PollsPaused))
            return 0;
        var closed = await SweepPages(settings.MaxQueuedCalls, (max, skipped) => SweepPolls(Closed, max, skipped), stop);
        return closed + await SweepPages(settings.MaxPollsPerSweep, (max, skipped) => SweepPolls((db, now, _) => DuePolls(db, now), max, skipped), stop);
    }

    Task<(int Claimed, bool More)> SweepPolls(
        Func<PaymentsDb, DateTime, DateTime, IQueryable<PaymentAttempt>> polls, int max, HashSet<Guid> skipped) => unitOfWork.Run(async work =>
    {
        var (now, maxDueAt) = Now();
        var page = Math.Min(max, settings.SweepPageSize);
        var due = await Page(NotPaused(polls((PaymentsDb)work.Db, now, maxDueAt)), page, skipped);
        return await Claim(work, due, page, skipped, row => row.IsPollDue(now, maxDueAt, PaymentsSettings.ClosedBy(now)), poll: true);
    });

    IQueryable<PaymentAttempt> NotPaused(IQueryable<PaymentAttempt> due)
    {
        var paused = queue.Paused.ToArray();
        return paused.Length == 0 ? due : due.Where(row => !EF.Parameter(paused).Contains(row.Gateway));
    }

    static Task<List<Guid>> Page(IQueryable<PaymentAttempt> due, int size, HashSet<Guid> skipped)
    {
        var without = skipped.ToArray();
        return (without.Length == 0 ? due : due.Where(row => !EF.Parameter(without).Contains(row.OrderId))).Take(size).Select(row => row.OrderId).ToListAsync();
    }

    internal static IQueryable<PaymentAttempt> DueCalls(PaymentsDb db, DateTime now) => db.Attempts.AsNoTracking()
        .Where(row => (row.State == AttemptState.Sent || row.State == AttemptState.Unknown || row.State == AttemptState.NotSent)
            && row.NextAttemptAt <= now)
        .OrderBy(row => row.NextAttemptAt);

    /// <summary>Reads the other end of the same index.</summary>
    internal static IQueryable<PaymentAttempt> CallsDueTooFarAhead(PaymentsDb db, DateTime maxDueAt) => db.Attempts.AsNoTracking()
        .Where(row => (row.State == AttemptState.Sent || row.State == AttemptState.Unknown || row.State == AttemptState.NotSent)
            && row.NextAttemptAt > maxDueAt)
        .OrderByDescending(row => row.NextAttemptAt);

    internal static IQueryable<PaymentAttempt> Closed(PaymentsDb db, DateTime now, DateTime maxDueAt)
    {
        var closedBy = PaymentsSettings.ClosedBy(now);
        return db.Attempts.AsNoTracking()
            .Where(row => row.State == AttemptState.Pending && row.ClosesAt <= closedBy && (row.NextAttemptAt <= now || row.NextAttemptAt > maxDueAt))
            .OrderBy(row => row.ClosesAt);
    }

    internal static IQueryable<PaymentAttempt> DuePolls(PaymentsDb db, DateTime now) => db.Attempts.AsNoTracking()
        .Where(row => (row.State == AttemptState.Pending || row.State == AttemptState.Declined) && row.NextAttemptAt != null && row.NextAttemptAt <= now)
        .OrderBy(row => row.NextAttemptAt);

    /// <summary>A full page means there may be more.</summary>
    static async Task<(int Claimed, bool More)> Claim(
        UnitOfWorkContext work, List<Guid> orderIds, int page, HashSet<Guid> skipped, Func<PaymentAttempt, bool> isDue, bool poll)
    {
        if (orderIds.Count == 0)
            return (0, false);
        var rows = work.Services.GetRequiredService<PaymentRows>();
        var steps = work.Services.GetRequiredService<AttemptSteps>();
        await rows.Load(work, orderIds, skipLocked: true);
        var due = await work.TryLock<PaymentAttempt, string>(rows.Attempts.Where(isDue).Select(attempt => attempt.Key));
        foreach (var attempt in due)
            steps.QueueCall(rows.Branch(attempt.OrderId)!, attempt, poll);
        skipped.UnionWith(orderIds.Except(due.Select(attempt => attempt.OrderId)));
        return (due.Count, orderIds.Count == page);
    }

    (DateTime Now, DateTime Furthest) Now()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return (now, now + settings.MaxDueAhead);
    }
}
