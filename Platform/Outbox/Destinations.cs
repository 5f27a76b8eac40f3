using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Outbox;

/// <summary>The destinations of one database's outbox that are in use or blocked.</summary>
sealed class Destinations(string database, Limits limits, TimeProvider clock, ILogger log)
{
    static readonly ConcurrentDictionary<Destinations, string> All = new();

    readonly Lock gate = new();
    readonly Dictionary<string, Destination> known = new(StringComparer.Ordinal);

    static Destinations() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.outbox.blocked", () => All.Keys.SelectMany(outbox => outbox.Measure()), "{destination}", "1 for each destination that accepts no messages");

    public void Open() => All.TryAdd(this, database);

    public void Close() => All.TryRemove(this, out _);

    /// <summary>Returns the destination; release it with <see cref="Leave"/>.</summary>
    public Destination Enter(string address)
    {
        lock (gate)
        {
            if (!known.TryGetValue(address, out var destination))
                known.Add(address, destination = new Destination(address, limits, clock, log));
            destination.Users++;
            return destination;
        }
    }

    public void Leave(Destination destination)
    {
        lock (gate)
        {
            destination.Users--;
            RemoveUnused();
        }
    }

    /// <summary>Removes destinations that are neither in use nor blocked: reply addresses of requesters would accumulate.</summary>
    void RemoveUnused()
    {
        foreach (var idle in known.Values.Where(destination => destination is { Users: 0, IsBlocked: false }).ToList())
        {
            known.Remove(idle.Address);
            idle.Dispose();
        }
    }

    List<Measurement<int>> Measure()
    {
        lock (gate)
            return [.. known.Values.Where(destination => destination.IsBlocked).Select(destination =>
                new Measurement<int>(1, new("database", database), new("destination", destination.Address)))];
    }
}

/// <summary>
/// A queue or exchange that outbox rows go to. It is blocked from a failed send until a send succeeds, or until no send has failed for
/// <see cref="BlockedTimeout"/>. Causes: a queue behind it is full, has no majority, does not exist or has different arguments. New rows are
/// still sent once, because other queues behind an exchange receive what one of them rejects. Of the rows that failed before, one every
/// <see cref="RetryInterval"/> tests whether the destination works again.
/// </summary>
sealed class Destination(string address, Limits limits, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    /// <summary>Each waiting row is sent within a minute, so without a failure for this long no row is waiting.</summary>
    static readonly TimeSpan BlockedTimeout = TimeSpan.FromMinutes(2);

    static readonly TimeSpan BlockedSendTimeout = TimeSpan.FromSeconds(2);

    readonly Lock gate = new();
    readonly SemaphoreSlim window = new(limits.MaxOutstandingConfirms);
    long? failedAt;
    long retriedAt;
    long? warnedAt;

    public string Address => address;
    public int Users { get; set; }
    public string Error { get; private set; } = "";
    public bool IsBlocked => failedAt is { } at && clock.GetElapsedTime(at) < BlockedTimeout;

    /// <summary>True if it is blocked and the maximum number of sends is in progress: further rows stay in the outbox.</summary>
    public bool IsFull => IsBlocked && window.CurrentCount == 0;

    /// <summary>Timeout of one send.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(limits.PublishTimeoutSeconds) is var usual && IsBlocked && usual > BlockedSendTimeout
        ? BlockedSendTimeout : usual;

    /// <summary>Limits the sends in progress, so that they delay only this destination.</summary>
    public async Task<T> SendInWindow<T>(Func<Task<T>> send)
    {
        await window.WaitAsync();
        try
        {
            return await send();
        }
        finally
        {
            window.Release();
        }
    }

    public void Dispose() => window.Dispose();

    /// <summary>True if a row that failed before may be sent now.</summary>
    public bool TryBeginRetry()
    {
        lock (gate)
        {
            if (IsBlocked && clock.GetElapsedTime(retriedAt) < RetryInterval)
                return false;
            retriedAt = clock.GetTimestamp();
            return true;
        }
    }

    public void RecordSuccess()
    {
        if (failedAt is null)
            return;
        lock (gate)
        {
            if (IsBlocked)
                log.LogInformation("{Destination} accepts messages again", address);
            failedAt = null;
        }
    }

    /// <summary>Records a failure of this destination while the broker accepts messages.</summary>
    public void RecordFailure(string error)
    {
        lock (gate)
        {
            // A destination that rejects only some messages would fill the log.
            if (failedAt is null && (warnedAt is null || clock.GetElapsedTime(warnedAt.Value) > BlockedTimeout))
            {
                warnedAt = clock.GetTimestamp();
                log.LogWarning(
                    "{Destination} accepts no messages: a queue behind it is full, has no majority, does not exist, or has other arguments. "
                    + "Only its rows wait: {Failure}", address, error);
            }

            (failedAt, Error) = (clock.GetTimestamp(), error);
            if (retriedAt == 0)
                retriedAt = failedAt.Value;
        }
    }
}
