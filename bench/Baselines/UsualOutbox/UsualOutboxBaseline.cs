using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Bench;

/// <summary>b: the usual outbox with MassTransit, RabbitMQ and EF Core; three services and their databases in one process.</summary>
static class UsualOutboxBaseline
{
    const int MaxInFlight = 64;

    const string Columns = """
        ALTER TABLE inbox ADD COLUMN handled_at timestamptz;
        CREATE INDEX ON outbox (lease);
        """;

    /// <param name="trial">The run.</param>
    /// <param name="prepared">An uncommon optimization: the driver prepares statements automatically and PostgreSQL plans them
    /// once.</param>
    /// <param name="clock">The time.</param>
    public static async Task<BaselineResult> Run(Trial trial, bool prepared, TimeProvider clock)
    {
        var settings = trial.Settings;
        await using var databases = new BenchDatabases(settings, options => (options.MaxAutoPrepare, options.Options) =
            prepared ? (options.MaxAutoPrepare, options.Options) : (0, null));
        await databases.Create(settings.Skus, pieces: 1_000_000_000);
        foreach (var database in new[] { databases.Orders, databases.Inventory, databases.Payments })
            await database.Run(Columns);

        await using var services = UsualBus.Build(settings, databases);
        var bus = services.GetRequiredService<IBusControl>();
        await bus.StartAsync();
        var inFlight = Math.Min(settings.InFlight, MaxInFlight);
        trial.AddNote("concurrency", $"{inFlight} orders in progress, {UsualBus.Concurrency} messages of each of three queues");
        trial.AddNote("statements", prepared ? "prepared by the driver, planned once" : "sent and planned each time, the driver's default");
        trial.AddNote("placed", "in the process, without HTTP");
        var placement = services.GetRequiredService<UsualPlacement>();
        var orders = new TrialOrders(settings.Skus, settings.LinesPerOrder, clock);
        var placed = 0;
        try
        {
            return await trial.Measure(
                count => Workers.Run(count, inFlight, (_, _) => placement.Settle(orders[Interlocked.Increment(ref placed)])),
                () => Conservation.Holds(trial, databases, placed));
        }
        finally
        {
            await bus.StopAsync();
        }
    }
}
