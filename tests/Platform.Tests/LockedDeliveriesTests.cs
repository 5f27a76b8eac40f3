using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrderSaga.Platform.Processing;

namespace Platform.Tests;

public sealed class LockedDeliveriesTests
{
    /// <summary>Each attempt at an unresponsive server takes seconds, and the process must exit.</summary>
    [Fact]
    public async Task At_shutdown_an_unavailable_database_is_tried_once()
    {
        var runs = 0;
        using var turns = new SemaphoreSlim(1);
        var locked = new LockedDeliveries("bumps", _ =>
        {
            runs++;
            throw new NpgsqlException("The connection is broken.");
        }, 64, turns, TimeProvider.System, NullLogger.Instance, new CancellationToken(canceled: true));
        List<Delivery> deliveries = [.. Enumerable.Range(0, 64).Select(_ => new Delivery(DispatchProxy.Create<ConsumeContext, Blank>(), null!, null))];
        locked.Defer(deliveries);
        foreach (var delivery in deliveries)
        {
            await delivery.LockWaitEnded.WaitAsync(TimeSpan.FromSeconds(20));
            Should.Throw<NpgsqlException>(delivery.ThrowIfFailed);
        }

        runs.ShouldBe(1);
    }

    /// <summary>A message without ids.</summary>
    class Blank : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
    }
}
