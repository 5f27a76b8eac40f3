using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Webhooks;

/// <summary>
/// Creates webhook deliveries from changes of orders by reading the orders' audit forward, so that the order path does no extra work. One
/// process reads at a time; another takes over when the cursor's row no longer changes.
/// </summary>
sealed class EventReader(UnitOfWork<OrdersDb> unitOfWork, IServiceScopeFactory scopes, WebhookSettings settings, TimeProvider clock, ILogger<EventReader> log)
    : BackgroundService
{
    readonly Guid self = Guid.CreateVersion7(clock.GetUtcNow());
    readonly PendingDeliveries pending = new(settings, clock);
    SequenceGaps? gaps;
    (long Heartbeats, long At)? seen;

    /// <summary>Polls once; returns false if there is nothing more to do now.</summary>
    internal async Task<bool> ReadEvents()
    {
        var (endpoints, reader) = await Peek();
        if (!endpoints)
        {
            gaps = null;
            return false;
        }

        if (gaps is null && !CanTakeOver(reader))
            return false;
        var next = await unitOfWork.Run(work => Read(work, reader?.Heartbeats));
        (gaps, seen) = (next?.Gaps, null);
        return next is { Full: true };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.ReadIntervalMilliseconds), clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            try
            {
                while (await ReadEvents() && !stoppingToken.IsCancellationRequested)
                {
                }
            }
            catch (Exception failure)
            {
                // The rows read may not have been committed: start again from the stored cursor.
                gaps = null;
                log.LogWarning("Could not read new webhook events; retrying: {Failure}", failure.Message);
            }
        }
    }

    /// <summary>Releases the cursor, so that the next process can read at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (gaps is null)
            return;
        try
        {
            await unitOfWork.Run(Release);
        }
        catch (Exception failure)
        {
            log.LogInformation("Could not release the webhook cursor; another process takes over after Webhooks:TakeoverTimeoutSeconds: {Failure}",
                failure.Message);
        }
    }

    async Task Release(UnitOfWorkContext work)
    {
        foreach (var reader in (await work.Lock<WebhookCursor, string>([WebhookCursor.Orders])).Where(reader => reader.Holder == self))
            reader.Holder = Guid.Empty;
    }

    async Task<(bool Endpoints, WebhookCursor? Reader)> Peek()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        return await db.WebhookEndpoints.AnyAsync(row => row.State != EndpointStates.Removed)
            ? (true, await db.WebhookCursors.AsNoTracking().SingleOrDefaultAsync(row => row.Name == WebhookCursor.Orders))
            : (false, null);
    }

    /// <summary>
    /// By this process's own clock only: a holder whose row has not changed for long enough is dead, or fenced off by the row's version.
    /// </summary>
    bool CanTakeOver(WebhookCursor? reader)
    {
        if (reader is null || reader.Holder == Guid.Empty || reader.Holder == self)
            return true;
        if (seen is not { } before || before.Heartbeats != reader.Heartbeats)
            seen = (reader.Heartbeats, clock.GetTimestamp());
        return clock.GetElapsedTime(seen.Value.At) >= TimeSpan.FromSeconds(settings.TakeoverTimeoutSeconds);
    }

    async Task<(SequenceGaps Gaps, bool Full)?> Read(UnitOfWorkContext work, long? heartbeats)
    {
        var db = (OrdersDb)work.Db;
        var reader = (await work.Lock<WebhookCursor, string>([WebhookCursor.Orders])).SingleOrDefault();
        // Another process has taken over or was first.
        if (gaps is null ? reader?.Heartbeats != heartbeats : reader?.Holder != self)
            return null;
        if (reader is null)
            db.Add(reader = new WebhookCursor { Name = WebhookCursor.Orders });
        var endpoints = await db.WebhookEndpoints.AsNoTracking().Where(row => row.State != EndpointStates.Removed).ToListAsync();
        if (endpoints.Count == 0)
            return null;

        // Events before the first endpoint's registration have no receiver.
        var next = gaps?.Copy() ?? new SequenceGaps(Math.Max(reader.After, endpoints.Min(endpoint => endpoint.FromEvent)));
        var (rows, full) = await NewRows(db, next);
        await new EventWriter(db, endpoints, pending, clock).Write(rows);
        (reader.Holder, reader.After, reader.Heartbeats) = (self, next.Resolved, reader.Heartbeats + 1);
        return (next, full);
    }

    /// <summary>
    /// Reads the new rows first, then the missing ones: an order's changes are serialized by its row lock, so every row before a visible
    /// one is committed by then.
    /// </summary>
    async Task<(List<AuditRow> Rows, bool Full)> NewRows(OrdersDb db, SequenceGaps next)
    {
        var now = clock.GetTimestamp();
        var rows = !next.CanReadOn ? []
            : await db.Audit.AsNoTracking().Where(row => row.Id > next.Head).OrderBy(row => row.Id).Take(settings.ReadPageSize).ToListAsync();
        rows.ForEach(row => next.Pass(row.Id, now));
        var full = rows.Count == settings.ReadPageSize;

        var missing = next.Missing.ToArray();
        var late = missing.Length == 0 ? [] : await db.Audit.AsNoTracking().Where(row => EF.Parameter(missing).Contains(row.Id)).ToListAsync();
        late.ForEach(row => next.Fill(row.Id));
        next.GiveUp(now - (settings.GapTimeoutSeconds * clock.TimestampFrequency));
        return ([.. rows, .. late], full);
    }
}
