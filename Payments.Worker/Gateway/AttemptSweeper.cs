using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Payments;

/// <summary>
/// Takes the attempts that nobody has answered for: their process died, or the gateway gave no answer. Then, within a budget of their own, those that
/// only wait: a customer has not paid yet, or did not pay in time and may still do so. Branch rows are locked first, in key order, as everywhere: two
/// sweepers cannot claim the same attempt, nor deadlock.
/// </summary>
sealed class AttemptSweeper(
    UnitOfWork<PaymentsDb> unitOfWork, CallQueue queue, PaymentsSettings settings, TimeProvider clock, ILogger<AttemptSweeper> log) : BackgroundService
{
    /// <summary>Claims one page of due calls and one of due questions, and hands them to this process's callers after the commit; returns how many.</summary>
    internal async Task<int> Sweep() => await SweepCalls() + await SweepPolls();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.SweepMilliseconds), clock);
        while (await timer.Next(stoppingToken))
            await SweepAll(stoppingToken);
    }

    async Task SweepAll(CancellationToken stop)
    {
        try
        {
            int claimed;
            do
                PaymentsMetrics.Swept(claimed = await SweepCalls());
            while (claimed >= settings.SweepPage && !stop.IsCancellationRequested);
            PaymentsMetrics.Swept(await SweepPolls());
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "Due payment attempts could not be claimed; the next look is in {Milliseconds} ms", settings.SweepMilliseconds);
        }
    }

    Task<int> SweepCalls() => unitOfWork.Run(async work =>
    {
        var (now, furthest) = Now();
        var due = await DueCalls((PaymentsDb)work.Db, now).Take(settings.SweepPage).Select(row => row.OrderId).ToListAsync();
        if (due.Count < settings.SweepPage)
            due.AddRange(await FarCalls((PaymentsDb)work.Db, furthest).Take(settings.SweepPage - due.Count).Select(row => row.OrderId).ToListAsync());
        return await Claim(work, due, row => row.IsCallDue(now, furthest), poll: false);
    });

    Task<int> SweepPolls() => queue.PollsPaused ? Task.FromResult(0) : unitOfWork.Run(async work =>
    {
        var (now, furthest) = Now();
        var closedBy = PaymentsSettings.ClosedBy(now);
        var due = await Closing((PaymentsDb)work.Db, now, furthest, closedBy).Take(settings.PollPage).Select(row => row.OrderId).ToListAsync();
        if (due.Count < settings.PollPage)
            due.AddRange(await DuePolls((PaymentsDb)work.Db, now).Take(settings.PollPage - due.Count).Select(row => row.OrderId).ToListAsync());
        return await Claim(work, due, row => row.IsPollDue(now, furthest, closedBy), poll: true);
    });

    internal static IQueryable<PaymentAttempt> DueCalls(PaymentsDb db, DateTime now) => db.Attempts.AsNoTracking()
        .Where(row => (row.State == AttemptState.Sent || row.State == AttemptState.Unknown) && row.NextAttemptAt <= now).OrderBy(row => row.NextAttemptAt);

    /// <summary>From the other end of the same index.</summary>
    internal static IQueryable<PaymentAttempt> FarCalls(PaymentsDb db, DateTime furthest) => db.Attempts.AsNoTracking()
        .Where(row => (row.State == AttemptState.Sent || row.State == AttemptState.Unknown) && row.NextAttemptAt > furthest)
        .OrderByDescending(row => row.NextAttemptAt);

    /// <summary>A payment of the last second is heard of soon, however many wait.</summary>
    internal static IQueryable<PaymentAttempt> Closing(PaymentsDb db, DateTime now, DateTime furthest, DateTime closedBy) => db.Attempts.AsNoTracking()
        .Where(row => row.State == AttemptState.Pending && row.ClosesAt <= closedBy && (row.NextAttemptAt <= now || row.NextAttemptAt > furthest))
        .OrderBy(row => row.ClosesAt);

    internal static IQueryable<PaymentAttempt> DuePolls(PaymentsDb db, DateTime now) => db.Attempts.AsNoTracking()
        .Where(row => (row.State == AttemptState.Pending || row.State == AttemptState.Declined) && row.NextAttemptAt != null && row.NextAttemptAt <= now)
        .OrderBy(row => row.NextAttemptAt);

    static async Task<int> Claim(Work work, List<Guid> orderIds, Func<PaymentAttempt, bool> isDue, bool poll)
    {
        if (orderIds.Count == 0)
            return 0;
        var rows = work.Services.GetRequiredService<BranchRows>();
        var steps = work.Services.GetRequiredService<AttemptSteps>();
        await rows.Load(work, orderIds);
        var due = rows.Attempts.Where(isDue).ToList();
        foreach (var attempt in due)
            steps.HandOver(rows.Branch(attempt.OrderId)!, attempt, ask: true, poll);
        return due.Count;
    }

    (DateTime Now, DateTime Furthest) Now()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return (now, now + settings.Furthest);
    }
}
