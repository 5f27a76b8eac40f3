using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// Sends outbox rows to the broker right after the commit that wrote them, outside a transaction, and without waiting for one confirm
/// before the next publish. The next transaction deletes the confirmed rows in bulk. Destinations are independent: a blocked one delays
/// only its own rows. Rows written while the broker is unavailable are not kept in memory: the sweeper sends them when it is available again.
/// </summary>
public sealed class OutboxDispatcher<TDb> : IAsyncDisposable where TDb : DbContext
{
    /// <summary>Maximum delay of a row, seconds.</summary>
    internal int MaxDelaySeconds => Math.Max(MaxRetryDelaySeconds, limits.OutboxLeaseSeconds);

    /// <summary>Maximum back-off between two sends of a failing row, seconds.</summary>
    const int MaxRetryDelaySeconds = 60;

    /// <summary>Length of the error column, UTF-16 units.</summary>
    const int MaxErrorLength = 1000;

    readonly QueryRunner<TDb> database;
    readonly IMessageTransport transport;
    readonly BrokerState broker;
    readonly Limits limits;
    readonly ILogger log;
    readonly Destinations destinations;
    readonly Batcher<(OutboxMessage Message, Guid Lease)> batcher;
    readonly ConcurrentDictionary<Task, bool> sending = new();
    readonly ConcurrentQueue<Guid> confirmed = new();
    // False until the bus has started: messages sent before the queues are bound are lost.
    volatile bool open;
    volatile bool closed;

    internal OutboxDispatcher(
        QueryRunner<TDb> database, IMessageTransport transport, BrokerState broker, Limits limits, TimeProvider clock, ILogger<OutboxDispatcher<TDb>> log)
    {
        (this.database, this.transport, this.broker, this.limits, this.log) = (database, transport, broker, limits, log);
        destinations = new Destinations(typeof(TDb).Name, limits, clock, log);
        batcher = new Batcher<(OutboxMessage, Guid)>(limits.MaxOutstandingConfirms, StartWithoutWaiting);
    }

    /// <summary>Sends the waiting rows; the sweeper of the next start sends rows committed later.</summary>
    public async ValueTask DisposeAsync()
    {
        closed = true;
        await batcher.DisposeAsync();
        await Task.WhenAll(sending.Keys);
        await DeleteConfirmed();
        destinations.Close();
    }

    /// <summary>Called when the bus has started.</summary>
    internal void Open()
    {
        open = true;
        destinations.Open();
    }

    /// <summary>True until the bus has started, and while the broker accepts no messages.</summary>
    public bool IsBrokerUnavailable => !open || !broker.IsAvailable;

    /// <summary>How long newly written rows are reserved for this process; 0 while <see cref="Dispatch"/> accepts none.</summary>
    internal int LeaseSeconds => IsBrokerUnavailable || closed ? 0 : limits.OutboxLeaseSeconds;

    internal void Dispatch(OutboxWriter outbox)
    {
        if (IsBrokerUnavailable)
            return;
        foreach (var message in outbox.Messages)
            batcher.TryAdd((message, outbox.Lease));
    }

    /// <summary>Takes the rows confirmed since the last call; the caller's transaction deletes them.</summary>
    internal IReadOnlyList<Guid> TakeConfirmed()
    {
        var taken = new List<Guid>();
        while (taken.Count < limits.SweepPageSize && confirmed.TryDequeue(out var id))
            taken.Add(id);
        return taken;
    }

    /// <summary>Adds rows that the broker has confirmed and no transaction has deleted yet.</summary>
    internal void AddConfirmed(IReadOnlyList<Guid> rows)
    {
        foreach (var id in rows)
            confirmed.Enqueue(id);
    }

    /// <summary>
    /// Deletes confirmed rows that no transaction has deleted. The sweeper calls it at each interval, before their leases end.
    /// </summary>
    internal async Task DeleteConfirmed()
    {
        while (TakeConfirmed() is { Count: > 0 } taken)
        {
            try
            {
                await database.Run(db => db.Execute(database.Dialect.DeleteOutbox, ("rows", database.Dialect.Keys(taken))));
            }
            catch
            {
                AddConfirmed(taken);
                throw;
            }
        }
    }

    /// <summary>
    /// Completes when the rows are sent or delayed; it does not wait for blocked destinations. False: the broker is unavailable.
    /// </summary>
    internal async Task<bool> Send(IReadOnlyList<(OutboxMessage Message, Guid Lease)> rows)
    {
        await Task.WhenAll(StartSending(rows).Where(group => !group.IsBlocked).Select(group => group.Sending));
        return !IsBrokerUnavailable;
    }

    /// <summary>Starts the sends without waiting, so that no destination waits for another.</summary>
    Task StartWithoutWaiting(IReadOnlyList<(OutboxMessage Message, Guid Lease)> rows)
    {
        StartSending(rows);
        return Task.CompletedTask;
    }

    List<(bool IsBlocked, Task Sending)> StartSending(IReadOnlyList<(OutboxMessage Message, Guid Lease)> rows)
    {
        FailPoint.Hit("outbox.before-publish");
        return [.. rows.GroupBy(row => row.Message.Destination).Select(group => StartDestination(destinations.Enter(group.Key), [.. group]))];
    }

    (bool IsBlocked, Task Sending) StartDestination(Destination destination, IReadOnlyList<(OutboxMessage Message, Guid Lease)> rows)
    {
        var (isBlocked, task) = (destination.IsBlocked, SendRows(destination, rows));
        if (sending.TryAdd(task, true))
            _ = task.ContinueWith(done => sending.TryRemove(done, out _), TaskScheduler.Default);
        return (isBlocked, task);
    }

    /// <summary>Records confirmed rows, delays or parks the others. Never throws: the rows stay in the outbox.</summary>
    async Task SendRows(Destination destination, IReadOnlyList<(OutboxMessage Message, Guid Lease)> rows)
    {
        try
        {
            var retries = await Task.WhenAll(rows.Select(row => SendRow(destination, row.Message, row.Lease)));
            FailPoint.Hit("outbox.after-confirm");
            AddConfirmed([.. rows.Zip(retries).Where(row => row.Second is null).Select(row => row.First.Message.Id)]);
            await DelayOrPark(destination, [.. rows.Zip(retries).Where(row => row.Second is not null).Select(row => (row.First.Message.Id, row.Second!))]);
        }
        catch (Exception failure)
        {
            log.LogWarning("Sending {Count} outbox rows failed; the sweeper sends them again: {Failure}", rows.Count, failure.Message);
        }
        finally
        {
            destinations.Leave(destination);
        }
    }

    /// <summary>A row counts as sent when all its messages are; otherwise all are sent again under the same ids.</summary>
    async Task<RetrySchedule?> SendRow(Destination destination, OutboxMessage row, Guid lease)
    {
        if (destination.IsFull)
            return new RetrySchedule(lease, limits.OutboxLeaseSeconds, Counted: false, Parked: false, destination.Error);
        if (row.Attempts > 0 && !destination.TryBeginRetry())
            return RetryScheduleFor(row, lease, destination.Error);
        var outcomes = await Task.WhenAll(EventRow.Messages(row).Select(message => destination.SendInWindow(() => SendMessage(destination, message))));
        if (outcomes.FirstOrDefault(outcome => outcome is not null) is not { } failure)
            return null;
        var error = Text.Clean(failure.Message, MaxErrorLength);
        if (failure is NotSentException || !await broker.IsDestinationError(failure))
            return new RetrySchedule(lease, 1, Counted: false, Parked: false, error);
        destination.RecordFailure(error);
        return RetryScheduleFor(row, lease, destination.Error);
    }

    async Task<Exception?> SendMessage(Destination destination, OutboxMessage message)
    {
        if (!broker.IsAvailable)
            return new NotSentException();
        try
        {
            using var activity = message.TraceParent is null
                ? null : Instruments.Source.StartActivity("send " + message.MessageType, ActivityKind.Producer, message.TraceParent);
            using var timeout = new CancellationTokenSource(destination.Timeout);
            var sent = transport.Send(message, timeout.Token);
            FailPoint.Hit("outbox.after-publish");
            await sent;
            broker.RecordConfirm();
            destination.RecordSuccess();
            return null;
        }
        catch (OperationCanceledException timedOut)
        {
            return new OperationCanceledException(
                $"No confirm within {destination.Timeout.TotalSeconds} s: a queue behind the destination has no majority or is overloaded.", timedOut);
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>Back-off by the row's number of attempts: 2, 4, 8 ... 60 s.</summary>
    RetrySchedule RetryScheduleFor(OutboxMessage row, Guid lease, string error)
    {
        var attempts = row.Attempts + 1;
        return new RetrySchedule(lease, Math.Min(MaxRetryDelaySeconds, 1 << Math.Min(attempts, 6)), Counted: true,
            Parked: attempts >= limits.MaxSendAttempts, error);
    }

    /// <summary>One statement for all rows with the same error: all of them if the broker is unavailable.</summary>
    async Task DelayOrPark(Destination destination, IReadOnlyList<(Guid Id, RetrySchedule Retry)> failed)
    {
        foreach (var alike in failed.GroupBy(row => row.Retry, row => row.Id))
        {
            var (lease, seconds, counted, parked, error) = alike.Key;
            if (parked)
                log.LogError("{Count} outbox rows to {Destination} are parked: {Failure}", alike.Count(), destination.Address, error);
            await database.Run(db => db.Execute(database.Dialect.DelayOutbox, ("rows", database.Dialect.Keys(alike)), ("lease", lease), ("seconds", seconds),
                ("counted", counted ? 1 : 0), ("parked", parked ? 1 : 0), ("error", error)));
        }
    }

    /// <summary>The message was not sent, so the destination is not at fault, even if the broker is available again.</summary>
    sealed class NotSentException() : Exception("The broker is unavailable.");

    sealed record RetrySchedule(Guid Lease, int Seconds, bool Counted, bool Parked, string Error);
}
