using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Envelopes;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// Hands outbox rows to the broker: right after the commit that wrote them, pipelined with confirms and with no transaction
/// open; the next transaction deletes them in bulk. While the broker is away it leaves the rows to the sweeper, so nothing
/// piles up in memory.
/// </summary>
public sealed class OutboxDispatcher<TDb> : IAsyncDisposable where TDb : ServiceDb
{
    /// <summary>Without a confirm for so long, a broker that is there would have answered.</summary>
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    readonly Statements<TDb> database;
    readonly IServiceProvider services;
    readonly Limits limits;
    readonly TimeProvider clock;
    readonly ILogger log;
    readonly Batcher<(OutboxMessage Message, Guid Lease)> batcher;
    readonly SemaphoreSlim window;
    readonly ConcurrentQueue<Guid> confirmed = new();
    // Until the bus has started: what is sent before the queues are bound is lost.
    volatile bool brokerAway = true;
    volatile bool closed;
    /// <summary>When the batch that awaits its confirms was handed over, as a timestamp of the clock; 0: none does.</summary>
    long handedOverAt;

    /// <summary>When the broker confirmed something last, as a timestamp of the clock.</summary>
    long confirmedAt;

    public OutboxDispatcher(Statements<TDb> database, IServiceProvider services, Limits limits, TimeProvider clock, ILogger<OutboxDispatcher<TDb>> log)
    {
        (this.database, this.services, this.limits, this.clock, this.log) = (database, services, limits, clock, log);
        batcher = new Batcher<(OutboxMessage, Guid)>(limits.PublishWindow, Handle);
        window = new SemaphoreSlim(limits.PublishWindow);
    }

    /// <summary>Sends what is waiting; what is committed later is left to the next start's sweeper.</summary>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        await batcher.DisposeAsync();
        await Forget();
        window.Dispose();
    }

    /// <summary>The bus has started.</summary>
    internal void Open() => brokerAway = false;

    /// <summary>The broker took nothing when it was tried last, or was not tried yet, or is silent at this moment.</summary>
    public bool IsBrokerAway => brokerAway
        || (Volatile.Read(ref handedOverAt) is var since and > 0 && clock.GetElapsedTime(Math.Max(since, Volatile.Read(ref confirmedAt))) > Silence);

    /// <summary>How long rows that are written now are not the sweeper's: not at all while <see cref="Dispatch"/> takes none.</summary>
    internal int LeaseSeconds => brokerAway || closed ? 0 : limits.OutboxLeaseSeconds;

    internal void Dispatch(OutboxWriter outbox)
    {
        if (brokerAway)
            return;
        foreach (var message in outbox.Messages)
            batcher.TryAdd((message, outbox.Lease));
    }

    /// <summary>The rows that the broker has confirmed since the last call, for the caller's transaction to delete.</summary>
    internal IReadOnlyList<Guid> TakeConfirmed()
    {
        var taken = new List<Guid>();
        while (taken.Count < limits.SweepPage && confirmed.TryDequeue(out var id))
            taken.Add(id);
        return taken;
    }

    /// <summary>They are not deleted after all.</summary>
    internal void GiveBack(IReadOnlyList<Guid> taken)
    {
        foreach (var id in taken)
            confirmed.Enqueue(id);
    }

    /// <summary>Deletes confirmed rows that no transaction has come to take along; well before their lease ends.</summary>
    internal async Task Forget()
    {
        while (TakeConfirmed() is { Count: > 0 } taken)
        {
            try
            {
                await database.Run(db => db.Execute(database.Dialect.DeleteOutbox, ("rows", database.Dialect.Keys(taken))));
            }
            catch
            {
                GiveBack(taken);
                throw;
            }
        }
    }

    /// <summary>Sends all at once; notes what the broker confirmed, delays or parks the rest. Never throws: the rows remain.</summary>
    internal async Task<bool> Handle(IReadOnlyList<(OutboxMessage Message, Guid Lease)> batch)
    {
        try
        {
            FailPoint.Hit("outbox.before-publish");
            Volatile.Write(ref handedOverAt, clock.GetTimestamp());
            // The first that finds the broker away ends the waiting of those that have not begun.
            using var away = new CancellationTokenSource();
            var failures = await Task.WhenAll(batch.Select(entry => Send(entry.Message, away)));
            Volatile.Write(ref handedOverAt, 0);
            FailPoint.Hit("outbox.after-confirm");
            NoteBroker(failures.FirstOrDefault(failure => failure is not null && Broker.IsAway(failure)));
            GiveBack([.. batch.Where((_, i) => failures[i] is null).Select(entry => entry.Message.Id)]);
            await Delay(batch.Zip(failures).Where(pair => pair.Second is not null).Select(pair => SetbackOf(pair.First, pair.Second!)).ToList());
        }
        catch (Exception failure)
        {
            log.LogWarning("Outbox rows of {Count} messages stay for the sweeper: {Failure}", batch.Count, failure.Message);
        }

        return !brokerAway;
    }

    void NoteBroker(Exception? failure)
    {
        if (failure is not null && !brokerAway)
            log.LogWarning("The broker is away; the outbox keeps what is to be sent: {Failure}", failure.Message);
        if (failure is null && brokerAway)
            log.LogInformation("The broker is back");
        brokerAway = failure is not null;
    }

    /// <summary>A row is sent when all that is in it is; otherwise all of it goes again, under the same ids.</summary>
    async Task<Exception?> Send(OutboxMessage row, CancellationTokenSource away)
    {
        try
        {
            await Task.WhenAll(EventRow.Messages(row).Select(message => SendOne(message, away)));
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    async Task SendOne(OutboxMessage message, CancellationTokenSource away)
    {
        await window.WaitAsync(away.Token);
        try
        {
            using var activity = message.TraceParent is null ? null : Instruments.Source.StartActivity("outbox", ActivityKind.Internal, message.TraceParent);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(limits.PublishTimeoutSeconds));
            // Not in the constructor: the bus is built with its endpoints, and those with this class.
            var endpoint = await services.GetRequiredService<IBus>().GetSendEndpoint(StoredMessage.AddressOf(message));
            var sent = endpoint.Send(new SerializedMessageBody(), StoredMessage.Of(message), timeout.Token);
            FailPoint.Hit("outbox.after-publish");
            await sent;
            Volatile.Write(ref confirmedAt, clock.GetTimestamp());
        }
        catch (Exception failure) when (Broker.IsAway(failure))
        {
            await away.CancelAsync();
            throw;
        }
        finally
        {
            window.Release();
        }
    }

    /// <summary>Backs off by the row's own count: 2, 4, 8 ... 60 s. A broker that is away is no fault of the row.</summary>
    (Guid Id, Setback Setback) SetbackOf((OutboxMessage Message, Guid Lease) entry, Exception failure)
    {
        var (message, away) = (entry.Message, Broker.IsAway(failure));
        var attempts = message.Attempts + (away ? 0 : 1);
        var parked = !away && attempts >= limits.ParkAfter;
        if (parked)
            log.LogError(failure, "Outbox row {MessageId} ({MessageType}) to {Destination} is parked", message.Id, message.MessageType, message.Destination);
        else if (!away)
            log.LogWarning(
                "Outbox row {MessageId} ({MessageType}) could not be sent, attempt {Attempt}: {Failure}",
                message.Id, message.MessageType, attempts, failure.Message);
        var seconds = away ? 1 : Math.Min(60, 1 << Math.Min(attempts, 6));
        return (message.Id, new Setback(entry.Lease, seconds, !away, parked, failure.Message[..Math.Min(failure.Message.Length, 1000)]));
    }

    /// <summary>One statement for all rows that failed alike: all of them, when the broker is away.</summary>
    async Task Delay(IReadOnlyList<(Guid Id, Setback Setback)> failed)
    {
        foreach (var alike in failed.GroupBy(row => row.Setback, row => row.Id))
        {
            var (lease, seconds, counted, parked, error) = alike.Key;
            await database.Run(db => db.Execute(database.Dialect.DelayOutbox, ("rows", database.Dialect.Keys(alike)), ("lease", lease), ("seconds", seconds),
                ("counted", counted ? 1 : 0), ("parked", parked ? 1 : 0), ("error", error)));
        }
    }

    sealed record Setback(Guid Lease, int Seconds, bool Counted, bool Parked, string Error);
}
