using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Switches;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Switches;

namespace Orders.Api.Switches;

/// <summary>
/// Kills a switch if the orders of a new value fail more often than those of the default. Any number of processes may run it: a second kill has no
/// effect. Reconciler.Job opens a case for each kill.
/// </summary>
sealed class SwitchGuard(
    QueryRunner<OrdersDb> database, UnitOfWork<OrdersDb> unitOfWork, SwitchCatalogue catalogue, SwitchChanges changes, GuardSettings settings,
    TimeProvider clock, ILogger<SwitchGuard> log) : IPeriodicJob
{
    public async Task Run(CancellationToken cancel)
    {
        await Watch(OrderSwitches.Flow, order => order.Flow, cancel);
        await Watch(OrderSwitches.Lane, order => order.Lane, cancel);
    }

    async Task Watch(string name, Expression<Func<OrderState, string>> value, CancellationToken cancel)
    {
        var inForce = await database.Run(db => db.Set<Switch>().Where(row => row.Name == name).Select(row => row.InForce).SingleOrDefaultAsync(cancel));
        if (inForce == 0)
            return;
        var definition = catalogue.Find(name)!;
        var counts = await Count(inForce, value, cancel);
        var standard = counts.FirstOrDefault(one => one.Value == definition.Default) ?? new GuardCount(definition.Default, 0, 0);
        foreach (var other in counts.Where(one => one != standard))
            if (GuardRule.Judge(standard, other, settings.Ratio, settings.MinOrders) is { } reason)
            {
                log.LogError("The guard kills the switch {Switch}: {Reason}", name, reason);
                await unitOfWork.Run(work =>
                    changes.Kill(work, definition, new SwitchChange(SwitchChanges.Guard, reason, nameof(SwitchGuard)), judged: inForce));
                return;
            }
    }

    /// <summary>
    /// Only orders placed since this version came into force. An order stores the highest number in force of all switches, so a later change of
    /// another switch raises it.
    /// </summary>
    async Task<List<GuardCount>> Count(long inForce, Expression<Func<OrderState, string>> value, CancellationToken cancel)
    {
        var since = clock.GetUtcNow().UtcDateTime.AddMinutes(-settings.Minutes);
        var failed = await Group(order => order.State == OrderStates.NeedsReview
            || (order.CancellationRequested == null && (order.State == OrderStates.Cancelling || order.State == OrderStates.Cancelled)));
        var all = await Group(_ => true);
        return [.. all.Select(one => new GuardCount(one.Key, one.Value, failed.GetValueOrDefault(one.Key)))];

        Task<Dictionary<string, int>> Group(Expression<Func<OrderState, bool>> filter) => database.Run(db => db.Orders
            .Where(order => order.UpdatedAt >= since && order.CreatedAt >= since && order.SwitchVersion >= inForce).Where(filter)
            .GroupBy(value).Select(group => new { group.Key, Orders = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Orders, cancel));
    }
}
