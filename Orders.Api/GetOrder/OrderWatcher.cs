using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Orders.Model;

namespace Orders.Api;

/// <summary>Lets requests wait for orders to change: one query every 50 ms for all that wait, none while nobody does.</summary>
sealed class OrderWatcher(IServiceScopeFactory scopes, TimeProvider clock, IHostApplicationLifetime life, ILogger<OrderWatcher> log) : BackgroundService
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    readonly HashSet<Waiter> waiting = [];
    readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Ends when the order's row is at another version, or by cancellation.</summary>
    public async Task Changed(Guid orderId, long seenVersion, CancellationToken cancel)
    {
        var waiter = new Waiter(orderId, seenVersion);
        lock (waiting)
            waiting.Add(waiter);
        wake.Writer.TryWrite(true);
        try
        {
            await waiter.Done.Task.WaitAsync(cancel);
        }
        finally
        {
            lock (waiting)
                waiting.Remove(waiter);
        }
    }

    /// <summary>The order once <paramref name="hasCome"/> holds, or its present state when the time is up or this process stops.</summary>
    public async Task<OrderState> Until(Guid orderId, Func<OrderState, bool> hasCome, TimeSpan atMost, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel, life.ApplicationStopping);
        var order = await Read(orderId, cancel);
        while (!hasCome(order) && await Changes(order, either.Token))
            order = await Read(orderId, cancel);
        return order;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in wake.Reader.ReadAllAsync(stoppingToken))
        {
            using var timer = new PeriodicTimer(Look, clock);
            while (Waiting() is { Count: > 0 } waiters && await timer.WaitForNextTickAsync(stoppingToken))
                await Answer(waiters, stoppingToken);
        }
    }

    async Task<bool> Changes(OrderState order, CancellationToken either)
    {
        try
        {
            await Changed(order.CorrelationId, order.Version, either);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    List<Waiter> Waiting()
    {
        lock (waiting)
            return [.. waiting];
    }

    async Task Answer(List<Waiter> waiters, CancellationToken cancel)
    {
        try
        {
            var ids = waiters.Select(waiter => waiter.OrderId).Distinct().ToArray();
            await using var scope = scopes.CreateAsyncScope();
            var versions = await scope.ServiceProvider.GetRequiredService<OrdersDb>().Orders
                .Where(order => EF.Parameter(ids).Contains(order.CorrelationId))
                .Select(order => new { order.CorrelationId, order.Version })
                .ToDictionaryAsync(order => order.CorrelationId, order => order.Version, cancel);
            foreach (var waiter in waiters)
            {
                if (versions.TryGetValue(waiter.OrderId, out var version) && version != waiter.SeenVersion)
                    waiter.Done.TrySetResult();
            }
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("The orders that {Count} requests wait for could not be read: {Failure}", waiters.Count, failure.Message);
        }
    }

    async Task<OrderState> Read(Guid orderId, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OrdersDb>().Orders.AsNoTracking().SingleAsync(order => order.CorrelationId == orderId, cancel);
    }

    sealed class Waiter(Guid orderId, long seenVersion)
    {
        public Guid OrderId => orderId;
        public long SeenVersion => seenVersion;
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
