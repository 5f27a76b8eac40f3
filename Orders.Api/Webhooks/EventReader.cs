using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;

namespace Orders.Api.Webhooks;

/// <summary>
/// Creates webhook deliveries from changes of orders by reading the orders' audit forward, so that the order path does no extra work. One
/// process reads at a time; another takes over when the cursor's row no longer changes.
/// </summary>
sealed class EventReader(UnitOfWork<OrdersDb> unitOfWork, IServiceScopeFactory scopes, WebhookSettings settings, TimeProvider clock, ILogger<EventReader> log)
    : BackgroundService
{
    readonly Guid self = Guid.CreateVersion7(clock.GetUtcNow());
    Holes? holes;
    (long Beats, long At)? seen;

    /// <summary>Polls once; returns false if there is nothing more to do now.</summary>
    internal async Task<bool> Look()
    {
        var (endpoints, reader) = await Peek();
        if (!endpoints)
        {
            holes = null;
            return false;
        }

        if (holes is null && !MayTake(reader))
            return false;
        var next = await unitOfWork.Run(work => Read(work, reader?.Beats));
        (holes, seen) = (next?.Holes, null);
        return next is { Full: true };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.ReadMilliseconds), clock);
        while (await timer.Next(stoppingToken))
        {
            try
            {
                while (await Look() && !stoppingToken.IsCancellationRequested)
                {
                }
            }
            catch (Exception failure)
            {
                // The rows read may not have been committed: start again from the stored cursor.
                holes = null;
                log.LogWarning("Could not read new webhook events; retrying: {Failure}", failure.Message);
            }
        }
    }

    /// <summary>Releases the cursor, so that the next process can read at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (holes is null)
            return;
        try
        {
            await unitOfWork.Run(Release);
        }
        catch (Exception failure)
        {
            log.LogInformation("Could not release the webhook cursor; another process takes over after Webhooks:TakeOverSeconds: {Failure}", failure.Message);
        }
    }

    async Task Release(Work work)
    {
        foreach (var reader in (await work.Lock<WebhookReader, string>([WebhookReader.Orders])).Where(reader => reader.Holder == self))
            reader.Holder = Guid.Empty;
    }

    async Task<(bool Endpoints, WebhookReader? Reader)> Peek()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        return await db.WebhookEndpoints.AnyAsync(row => row.State != EndpointStates.Removed)
            ? (true, await db.WebhookReaders.AsNoTracking().SingleOrDefaultAsync(row => row.Name == WebhookReader.Orders))
            : (false, null);
    }

    /// <summary>
    /// By this process's own clock only: a holder whose row has not changed for long enough is dead, or fenced off by the row's version.
    /// </summary>
    bool MayTake(WebhookReader? reader)
    {
        if (reader is null || reader.Holder == Guid.Empty || reader.Holder == self)
            return true;
        if (seen is not { } before || before.Beats != reader.Beats)
            seen = (reader.Beats, clock.GetTimestamp());
        return clock.GetElapsedTime(seen.Value.At) >= TimeSpan.FromSeconds(settings.TakeOverSeconds);
    }

    async Task<(Holes Holes, bool Full)?> Read(Work work, long? beats)
    {
        var db = (OrdersDb)work.Db;
        var reader = (await work.Lock<WebhookReader, string>([WebhookReader.Orders])).SingleOrDefault();
        // Another process has taken over or was first.
        if (holes is null ? reader?.Beats != beats : reader?.Holder != self)
            return null;
        if (reader is null)
            db.Add(reader = new WebhookReader { Name = WebhookReader.Orders });
        var endpoints = await db.WebhookEndpoints.AsNoTracking().Where(row => row.State != EndpointStates.Removed).ToListAsync();
        if (endpoints.Count == 0)
            return null;

        // Events before the first endpoint's registration have no receiver.
        var next = holes?.Copy() ?? new Holes(Math.Max(reader.After, endpoints.Min(endpoint => endpoint.FromEvent)));
        var (rows, full) = await NewRows(db, next);
        await new EventWriter(db, endpoints, clock).Write(rows);
        (reader.Holder, reader.After, reader.Beats) = (self, next.DealtWith, reader.Beats + 1);
        return (next, full);
    }

    /// <summary>
    /// Reads the new rows first, then the missing ones: an order's changes are serialized by its row lock, so every row before a visible
    /// one is committed by then.
    /// </summary>
    async Task<(List<AuditRow> Rows, bool Full)> NewRows(OrdersDb db, Holes next)
    {
        var now = clock.GetTimestamp();
        var rows = !next.MayReadOn ? []
            : await db.Audit.AsNoTracking().Where(row => row.Id > next.Head).OrderBy(row => row.Id).Take(settings.ReadPage).ToListAsync();
        rows.ForEach(row => next.Pass(row.Id, now));
        var full = rows.Count == settings.ReadPage;

        var missing = next.Missing.ToArray();
        var late = missing.Length == 0 ? [] : await db.Audit.AsNoTracking().Where(row => EF.Parameter(missing).Contains(row.Id)).ToListAsync();
        late.ForEach(row => next.Fill(row.Id));
        next.GiveUp(now - (settings.SettleSeconds * clock.TimestampFrequency));
        return ([.. rows, .. late], full);
    }
}
