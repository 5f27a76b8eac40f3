using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Payments;

/// <summary>
/// Takes the attempts that nobody has answered for: their process died, the gateway gave no answer, a customer has not paid
/// yet, or did not pay in time and may still do so. Branch rows are locked first, in key order, as everywhere: two sweepers cannot claim the same
/// attempt, nor deadlock.
/// </summary>
sealed class AttemptSweeper(UnitOfWork<PaymentsDb> unitOfWork, PaymentsSettings settings, TimeProvider clock, ILogger<AttemptSweeper> log) : BackgroundService
{
    /// <summary>Claims one page of due attempts and hands them to this process's callers after the commit; returns how many.</summary>
    internal Task<int> Sweep() => unitOfWork.Run(async work =>
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var furthest = now + settings.Furthest;
        var due = await ((PaymentsDb)work.Db).Attempts.AsNoTracking()
            // Said though it follows: what is settled, nearly all of the table, lies at the end of the index, and is not read.
            .Where(row => row.NextAttemptAt != null && (row.NextAttemptAt <= now || (row.NextAttemptAt > furthest && row.State != AttemptState.Declined)))
            .OrderBy(row => row.NextAttemptAt).Take(settings.SweepPage).Select(row => row.OrderId).ToListAsync();
        return due.Count == 0 ? 0 : await Claim(work, due, now, furthest);
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.SweepMilliseconds), clock);
        while (await timer.Next(stoppingToken))
            await SweepAll(stoppingToken);
    }

    static async Task<int> Claim(Work work, List<Guid> orderIds, DateTime now, DateTime furthest)
    {
        var rows = work.Services.GetRequiredService<BranchRows>();
        var steps = work.Services.GetRequiredService<AttemptSteps>();
        await rows.Load(work, orderIds);
        var due = rows.Attempts.Where(row => row.NextAttemptAt <= now || (row.NextAttemptAt > furthest && row.State != AttemptState.Declined)).ToList();
        foreach (var attempt in due)
            steps.HandOver(rows.Branch(attempt.OrderId)!, attempt, ask: true);
        return due.Count;
    }

    async Task SweepAll(CancellationToken stop)
    {
        try
        {
            int claimed;
            do
                PaymentsMetrics.Swept(claimed = await Sweep());
            while (claimed >= settings.SweepPage && !stop.IsCancellationRequested);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "Due payment attempts could not be claimed; the next look is in {Milliseconds} ms", settings.SweepMilliseconds);
        }
    }
}
