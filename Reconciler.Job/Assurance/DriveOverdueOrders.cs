using MassTransit;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Database;
using Quartz;

namespace Reconciler.Job;

/// <summary>
/// Assurance: asks the saga to drive on each order that is overdue. The order's version goes with the command, so that a
/// second job, a late command or a lost one do no harm: what moved since is left alone, what did not comes up again.
/// </summary>
[DisallowConcurrentExecution]
public sealed class DriveOverdueOrders(
    Reader<OrdersDb> orders, ISendEndpointProvider bus, Underway underway, AssuranceSettings settings, TimeProvider clock, ILogger<DriveOverdueOrders> log)
    : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var overdue = await orders.Query(db => db.Orders
            .Where(order => order.NextCheckAt != null && order.NextCheckAt <= now)
            .OrderBy(order => order.NextCheckAt)
            .Select(order => new { order.CorrelationId, order.Version, order.State, order.NextCheckAt })
            .Take(settings.PageSize)
            .ToListAsync(cancellationToken));
        AssuranceMetrics.Saw(overdue.Count == 0 ? TimeSpan.Zero : now - overdue[0].NextCheckAt!.Value);

        var saga = await bus.GetSendEndpoint(new Uri("exchange:" + Queues.Orders));
        foreach (var order in overdue.Where(order => !underway.Has(order.CorrelationId, order.Version, now)))
        {
            log.LogInformation("Order {OrderId} is overdue in {State}; driving it on", order.CorrelationId, order.State);
            await saga.Send(
                new CheckOrder(order.CorrelationId, order.Version),
                send => send.CorrelationId = order.CorrelationId,
                cancellationToken);
            underway.Add(order.CorrelationId, order.Version, now);
        }

        underway.Keep(overdue.Select(order => order.CorrelationId).ToHashSet());
    }
}

/// <summary>
/// What was asked for and has not come about. A saga that is behind has these commands in its queue: the same ones again would put it further
/// behind, and the page moves on only as they are handled. So assurance goes at the system's own pace.
/// </summary>
public sealed class Underway(AssuranceSettings settings)
{
    readonly Dictionary<Guid, (long Version, DateTime At)> asked = [];

    /// <summary>The order was asked to be driven on at this version, a short while ago.</summary>
    public bool Has(Guid orderId, long version, DateTime now) => asked.TryGetValue(orderId, out var last)
        && last.Version == version && now - last.At < TimeSpan.FromSeconds(settings.AskAgainSeconds);

    public void Add(Guid orderId, long version, DateTime at) => asked[orderId] = (version, at);

    /// <summary>Forgets all but these.</summary>
    public void Keep(IReadOnlySet<Guid> orderIds)
    {
        foreach (var gone in asked.Keys.Where(id => !orderIds.Contains(id)).ToList())
            asked.Remove(gone);
    }
}

/// <summary>Bound from the section <c>Assurance</c>; checked at start.</summary>
public sealed class AssuranceSettings
{
    /// <summary>Between two looks, seconds.</summary>
    public int EverySeconds { get; set; } = 2;

    /// <summary>Orders driven on in one look, at most.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>Until an order that has not moved is driven on again, seconds: the first command may have been lost.</summary>
    public int AskAgainSeconds { get; set; } = 10;

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check()
    {
        if (EverySeconds is < 1 or > 3600 || PageSize is < 1 or > 10_000 || AskAgainSeconds is < 0 or > 3600)
            throw new InvalidOperationException(
                "Assurance:EverySeconds must be 1 to 3600, Assurance:PageSize 1 to 10000 and Assurance:AskAgainSeconds 0 to 3600.");
    }
}

static class AssuranceMetrics
{
    static double oldestSeconds;

    static AssuranceMetrics() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.orders.overdue.oldest", () => Volatile.Read(ref oldestSeconds), "s", "How long the oldest overdue order has waited for assurance");

    public static void Saw(TimeSpan oldest) => Volatile.Write(ref oldestSeconds, oldest.TotalSeconds);
}
