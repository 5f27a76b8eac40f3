using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

/// <summary>The messages of a batch of orders as one broker message: 25 kB as serialized by the bus.</summary>
sealed record StepsOfMany(IReadOnlyList<StepOfOne> Steps);

sealed record StepOfOne(Guid OrderId, string Content);

/// <summary>
/// e: cost of bus and broker alone. Messages pass one quorum queue, confirmed to the sender and acknowledged by the consumer, without a
/// database. A settled order means a message here.
/// </summary>
static class BrokerFloor
{
    const string Queue = "bench-broker";
    const int Batch = 50;
    const int ContentBytes = 380;
    const int Prefetch = 512;
    static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(60);

    /// <summary>Single commands of the real system, with a fixed number of publishes in flight.</summary>
    public static Task<BaselineResult> Commands(Trial trial, int inFlight, TimeProvider clock) => Run(trial, inFlight,
        () => new TryReserveStock(Guid.CreateVersion7(clock.GetUtcNow()), [new OrderLine("sku-00001", 1), new OrderLine("sku-00002", 1)]));

    /// <summary>One message with the step of 50 orders.</summary>
    public static Task<BaselineResult> Envelopes(Trial trial, int inFlight, TimeProvider clock)
    {
        trial.AddNote("each carries", $"{Batch} orders' step, 25 kB");
        var content = new string('x', ContentBytes);
        return Run(trial, inFlight, () => new StepsOfMany(
            [.. Enumerable.Range(0, Batch).Select(_ => new StepOfOne(Guid.CreateVersion7(clock.GetUtcNow()), content))]));
    }

    static async Task<BaselineResult> Run<T>(Trial trial, int inFlight, Func<T> message) where T : class
    {
        var arrivals = new Arrivals();
        await using var services = Build<T>(trial.Settings.BrokerUrl, arrivals);
        var bus = services.GetRequiredService<IBusControl>();
        await bus.StartAsync();
        var queue = await bus.GetSendEndpoint(new Uri("exchange:" + Queue));
        trial.AddNote("in flight", $"{inFlight} publishes; the percentiles are of their confirmation");
        var sent = 0;
        try
        {
            return await trial.Measure(
                async count =>
                {
                    sent += count;
                    var all = arrivals.Of(sent);
                    var times = await Workers.Run(count, inFlight, (_, _) => queue.Send(message()));
                    await all.WaitAsync(WaitLimit);
                    return times;
                },
                () => Task.FromResult(arrivals.Count == sent));
        }
        finally
        {
            await bus.StopAsync();
        }
    }

    static ServiceProvider Build<T>(string url, Arrivals arrivals) where T : class
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq((_, rabbit) =>
            {
                rabbit.Host(new Uri(url));
                rabbit.ReceiveEndpoint(Queue, endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.PrefetchCount = Prefetch;
                    endpoint.Handler<T>(_ =>
                    {
                        arrivals.Add();
                        return Task.CompletedTask;
                    });
                });
            });
        });
        return services.BuildServiceProvider();
    }
}

/// <summary>Counts received messages.</summary>
sealed class Arrivals
{
    readonly Lock gate = new();
    TaskCompletionSource all = new();
    int wanted;

    public int Count { get; private set; }

    /// <summary>Completes when this many messages have arrived.</summary>
    public Task Of(int count)
    {
        lock (gate)
        {
            (wanted, all) = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return all.Task;
        }
    }

    public void Add()
    {
        lock (gate)
        {
            if (++Count == wanted)
                all.SetResult();
        }
    }
}
