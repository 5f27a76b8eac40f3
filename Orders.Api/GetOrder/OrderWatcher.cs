using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>
/// Lets requests wait for changes of orders. A commit of this process wakes them. While requests wait, one query every 50 ms finds the changes
/// of other processes for all of them. With the in-memory bus there are no other processes: then one query each second finds manual changes.
/// </summary>
sealed class OrderWatcher : BackgroundService
{
    readonly IServiceScopeFactory scopes;
    readonly OrderChanges changes;
    readonly TimeProvider clock;
    readonly IHostApplicationLifetime life;
    readonly ILogger<OrderWatcher> log;
    readonly TimeSpan interval;
    readonly Dictionary<Guid, List<OrderWatch>> watches = [];
    readonly Channel<bool> begun = OrderWatch.Signal();

    public OrderWatcher(
        IServiceScopeFactory scopes, OrderChanges changes, IConfiguration configuration, TimeProvider clock, IHostApplicationLifetime lifetime,
        ILogger<OrderWatcher> log)
    {
        (this.scopes, this.changes, this.clock, life, this.log) = (scopes, changes, clock, lifetime, log);
        interval = TimeSpan.FromMilliseconds(configuration.GetTransportMode() == TransportMode.InMemory ? 1000 : 50);
    }

    /// <summary>Misses no <paramref name="wanted"/> change of the order from now on; dispose it to stop.</summary>
    public OrderWatch Watch(Guid orderId, Func<OrderState, bool> wanted)
    {
        var watch = new OrderWatch(orderId, wanted, Remove);
        lock (watches)
        {
            // Subscribed only while a request waits: commits cost nothing otherwise.
            if (watches.Count == 0)
                changes.Committed += Wake;
            if (watches.TryGetValue(orderId, out var others))
                others.Add(watch);
            else
                watches[orderId] = [watch];
        }

        begun.Writer.TryWrite(true);
        return watch;
    }

    /// <summary>
    /// Returns the order once <paramref name="hasCome"/> is true, or its current state after the timeout, when the caller's time ends or when this
    /// process stops.
    /// </summary>
    public async Task<OrderState> WaitUntil(Guid orderId, Func<OrderState, bool> hasCome, TimeSpan max, HttpContext http)
    {
        var cancel = http.RequestAborted;
        using var limit = new CancellationTokenSource(Deadline.LimitWait(http, max), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel, life.ApplicationStopping);
        using var watch = Watch(orderId, hasCome);
        var order = await Read(orderId, cancel);
        while (!hasCome(order) && !either.IsCancellationRequested)
        {
            await watch.Changes(order.Version, either.Token);
            order = await Read(orderId, cancel);
        }

        return order;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in begun.Reader.ReadAllAsync(stoppingToken))
        {
            using var timer = new PeriodicTimer(interval, clock);
            while (Waiting() is { Count: > 0 } waiting && await timer.WaitForNextTickAsync(stoppingToken))
                await PollOnce(waiting, stoppingToken);
        }
    }

    void Wake(OrderState order)
    {
        lock (watches)
        {
            if (watches.TryGetValue(order.CorrelationId, out var waiting))
                waiting.ForEach(watch => watch.See(order));
        }
    }

    void Remove(OrderWatch watch)
    {
        lock (watches)
        {
            var others = watches[watch.OrderId];
            others.Remove(watch);
            if (others.Count == 0)
                watches.Remove(watch.OrderId);
            if (watches.Count == 0)
                changes.Committed -= Wake;
        }
    }

    List<OrderWatch> Waiting()
    {
        lock (watches)
            return [.. watches.Values.SelectMany(waiting => waiting)];
    }

    async Task PollOnce(List<OrderWatch> waiting, CancellationToken cancel)
    {
        try
        {
            var ids = waiting.Select(watch => watch.OrderId).Distinct().ToArray();
            await using var scope = scopes.CreateAsyncScope();
            var versions = await scope.ServiceProvider.GetRequiredService<OrdersDb>().Orders
                .Where(order => EF.Parameter(ids).Contains(order.CorrelationId))
                .Select(order => new { order.CorrelationId, order.Version })
                .ToDictionaryAsync(order => order.CorrelationId, order => order.Version, cancel);
            foreach (var watch in waiting)
            {
                if (versions.TryGetValue(watch.OrderId, out var version))
                    watch.See(version);
            }
        }
        catch (Exception failure) when (!failure.IsCancellationBy(cancel))
        {
            log.LogWarning("Could not read the orders that {Count} requests wait for; retrying: {Failure}", waiting.Count, failure.Message);
        }
    }

    async Task<OrderState> Read(Guid orderId, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OrdersDb>().Orders.AsNoTracking().SingleAsync(order => order.CorrelationId == orderId, cancel);
    }
}
