using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// Sends what a dead process left in the outbox: claims overdue rows by a lease of the database's clock, a page at a time.
/// </summary>
sealed class OutboxSweeper<TDb>(
    Statements<TDb> database, OutboxDispatcher<TDb> dispatcher, Backlog<TDb> backlog, Limits limits, TimeProvider clock,
    ILogger<OutboxSweeper<TDb>> log)
    : BackgroundService where TDb : ServiceDb
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(limits.SweepMilliseconds), clock);
        while (await timer.Next(stoppingToken))
        {
            try
            {
                while (await Sweep() && !stoppingToken.IsCancellationRequested)
                {
                }

                await dispatcher.Forget();
                if (await backlog.Sample())
                    await Recall();
            }
            catch (Exception failure)
            {
                log.LogWarning("The outbox sweep of {Database} failed and will be tried again: {Failure}", typeof(TDb).Name, failure.Message);
            }
        }
    }

    /// <summary>No row is put off for so long: one that is was put off by a clock that was ahead, and is due at once.</summary>
    // By the database's own clock, which EF makes of UtcNow.
#pragma warning disable RS0030
    Task<int> Recall() => database.Run(db => db.Outbox
        .Where(row => row.ParkedAt == null && row.NextAttemptAt > DateTime.UtcNow.AddSeconds(2 * dispatcher.LongestDelay))
        .ExecuteUpdateAsync(row => row.SetProperty(x => x.NextAttemptAt, DateTime.UnixEpoch)));
#pragma warning restore RS0030

    /// <summary>Claims a page and sends it; true when more may be due and the broker takes them.</summary>
    internal async Task<bool> Sweep()
    {
        if (dispatcher.IsBrokerAway)
            return false;
        var (lease, page) = (NewId.NextSequentialGuid(), limits.SweepPage);
        var claimed = await database.Run(db => Claim(db, lease, page));
        return claimed.Count > 0 && await dispatcher.Send(claimed.ConvertAll(message => (message, lease))) && claimed.Count == page;
    }

    async Task<List<OutboxMessage>> Claim(TDb db, Guid lease, int page)
    {
        if (!await db.Outbox.AnyAsync(row => row.ParkedAt == null))
            return [];
        var ids = await db.QueryIds(
            database.Dialect.ClaimOutbox, ("lease", lease), ("seconds", limits.OutboxLeaseSeconds), ("limit", page));
        var rows = await db.Outbox.AsNoTracking().Where(row => ids.Contains(row.Id) && row.Lease == lease).ToListAsync();
        return rows.ConvertAll(row => new OutboxMessage(
            row.Id, row.Destination, row.MessageType, row.ContentType, row.Body, row.TraceParent, row.CorrelationId, row.Attempts));
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        dispatcher.Open();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Before the bus stops: what its last batches commit stays in the outbox, for the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await dispatcher.DisposeAsync();
    }
}
