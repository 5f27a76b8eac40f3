using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// Sends outbox rows that are due: rows of a dead process, rows written while the broker was unavailable, and rows whose retry delay is
/// over. Claims one page at a time, with a lease by the database's clock.
/// </summary>
sealed class OutboxSweeper<TDb>(
    QueryRunner<TDb> database, OutboxDispatcher<TDb> dispatcher, OutboxMetrics<TDb> metrics, Limits limits, TimeProvider clock,
    ILogger<OutboxSweeper<TDb>> log)
    : BackgroundService where TDb : DbContext
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(limits.SweepIntervalMilliseconds), clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            try
            {
                while (await Sweep() && !stoppingToken.IsCancellationRequested)
                {
                }

                await dispatcher.DeleteConfirmed();
                if (await metrics.Sample())
                    await ResetFutureRows();
            }
            catch (Exception failure)
            {
                log.LogWarning("The outbox sweep of {Database} failed; retrying at the next interval: {Failure}", typeof(TDb).Name, failure.Message);
            }
        }
    }

    /// <summary>Makes rows due at once whose delay is longer than any real one: a clock that was ahead has delayed them.</summary>
    // UtcNow: EF translates it to the database's own clock.
#pragma warning disable RS0030
    Task<int> ResetFutureRows() => database.Run(db => db.Set<OutboxRow>()
        .Where(row => row.ParkedAt == null && row.NextAttemptAt > DateTime.UtcNow.AddSeconds(2 * dispatcher.MaxDelaySeconds))
        .ExecuteUpdateAsync(row => row.SetProperty(x => x.NextAttemptAt, DateTime.UnixEpoch)));
#pragma warning restore RS0030

    /// <summary>Claims and sends one page; returns true if more rows may be due and the broker accepts them.</summary>
    internal async Task<bool> Sweep()
    {
        if (dispatcher.IsBrokerUnavailable)
            return false;
        var (lease, page) = (NewId.NextSequentialGuid(), limits.SweepPageSize);
        var claimed = await database.Run(db => Claim(db, lease, page));
        return claimed.Count > 0 && await dispatcher.Send(claimed.ConvertAll(message => (message, lease))) && claimed.Count == page;
    }

    async Task<List<OutboxMessage>> Claim(TDb db, Guid lease, int page)
    {
        if (!await db.Set<OutboxRow>().AnyAsync(row => row.ParkedAt == null))
            return [];
        var ids = await db.QueryIds(
            database.Dialect.ClaimOutbox, ("lease", lease), ("seconds", limits.OutboxLeaseSeconds), ("limit", page));
        var rows = await db.Set<OutboxRow>().AsNoTracking().Where(row => ids.Contains(row.Id) && row.Lease == lease).ToListAsync();
        return rows.ConvertAll(row => new OutboxMessage(
            row.Id, row.Destination, row.MessageType, row.ContentType, row.Body, row.TraceParent, row.CorrelationId, row.Attempts));
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        dispatcher.Open();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Runs before the bus stops: what its last batches commit stays in the outbox for the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await dispatcher.DisposeAsync();
    }
}
