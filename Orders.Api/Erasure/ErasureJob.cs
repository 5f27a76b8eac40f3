using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Retention;

namespace Orders.Api.Erasure;

/// <summary>Erases the personal data of orders that are finished since <see cref="OrderSettings.PersonalDataRetentionDays"/>.</summary>
sealed class ErasureJob(
    QueryRunner<OrdersDb> statements, UnitOfWork<OrdersDb> unitOfWork, OrderSettings settings, RetentionSettings retention, TimeProvider clock,
    ILogger<ErasureJob> log)
    : WakeableService(TimeSpan.FromSeconds(retention.IntervalSeconds), log)
{
    const int PageSize = 200;

    static readonly List<string> Final = [.. OrderLifecycle.States.Where(state => OrderLifecycle.Of(state).IsFinal)];

    /// <summary>Older orders are erased, as far as this process knows.</summary>
    DateTime from = DateTime.UnixEpoch;

    protected override async Task Run(CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        var more = settings.PersonalDataRetentionDays > 0;
        while (more && !stop.IsCancellationRequested && clock.GetElapsedTime(began).TotalMilliseconds < retention.MaxStepMilliseconds)
            more = await ErasePage(clock.GetUtcNow().UtcDateTime.AddDays(-settings.PersonalDataRetentionDays), stop);
    }

    async Task<bool> ErasePage(DateTime before, CancellationToken cancel)
    {
        var page = await statements.Run(db => db.Orders.AsNoTracking()
            .Where(order => order.UpdatedAt >= from && order.UpdatedAt < before && Final.Contains(order.State)
                && !order.IdempotencyKey.StartsWith(PersonalData.ErasedPrefix))
            .OrderBy(order => order.UpdatedAt).Take(PageSize).Select(order => new { order.CorrelationId, order.UpdatedAt }).ToListAsync(cancel));
        if (page.Count == 0)
            return false;
        await unitOfWork.Run(work => PersonalData.Erase(work, page.ConvertAll(order => order.CorrelationId)));
        from = page[^1].UpdatedAt;
        return page.Count == PageSize;
    }
}
