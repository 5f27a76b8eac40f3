using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Platform.Outbox;

/// <summary>The destinations of one database's outbox that are in use or blocked.</summary>
sealed class Destinations(string database, Limits limits, TimeProvider clock, ILogger log)
{
    static readonly ConcurrentDictionary<Destinations, string> All = new();

    readonly Lock gate = new();
    readonly Dictionary<string, Destination> known = new(StringComparer.Ordinal);

    static Destinations() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.outbox.blocked", () => All.Keys.SelectMany(outbox => outbox.Measure()), "{destination}", "1 for each destination that takes nothing");

    public void Open() => All.TryAdd(this, database);

    public void Close() => All.TryRemove(this, out _);

    /// <summary>Give it back with <see cref="Leave"/>.</summary>
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
            Purge();
        }
    }

    /// <summary>What is neither in use nor blocked is as good as new: the reply addresses of requesters would pile up.</summary>
    void Purge()
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
/// One queue or exchange that rows go to. It is blocked from the first send that failed by its fault to the first that succeeds: a queue behind it is
/// full, has no majority, does not exist, or is declared otherwise. Rows that were never sent are still sent once, because the other queues behind an
/// exchange get what one of them rejects; of those that failed before, one every <see cref="RetryInterval"/> tries whether it takes again.
/// </summary>
sealed class Destination(string address, Limits limits, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    /// <summary>Each of its rows is due at least once a minute: after two minutes without a failure no row waits for it.</summary>
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    static readonly TimeSpan TimeoutWhileBlocked = TimeSpan.FromSeconds(2);

    readonly Lock gate = new();
    readonly SemaphoreSlim window = new(limits.PublishWindow);
    long? failedAt;
    long retriedAt;
    long? warnedAt;

    public string Address => address;
    public int Users { get; set; }
    public string Error { get; private set; } = "";
    public bool IsBlocked => failedAt is { } at && clock.GetElapsedTime(at) < Memory;

    /// <summary>It takes nothing, and as much waits for it as may: further rows wait in the outbox.</summary>
    public bool IsFull => IsBlocked && window.CurrentCount == 0;

    /// <summary>How long one send may take.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(limits.PublishTimeoutSeconds) is var usual && IsBlocked && usual > TimeoutWhileBlocked
        ? TimeoutWhileBlocked : usual;

    /// <summary>Bounds the sends in progress, so that they delay this destination only.</summary>
    public async Task<T> InWindow<T>(Func<Task<T>> send)
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

    /// <summary>May a row be sent that failed before?</summary>
    public bool TakesRetry()
    {
        lock (gate)
        {
            if (IsBlocked && clock.GetElapsedTime(retriedAt) < RetryInterval)
                return false;
            retriedAt = clock.GetTimestamp();
            return true;
        }
    }

    public void Succeeded()
    {
        if (failedAt is null)
            return;
        lock (gate)
        {
            if (IsBlocked)
                log.LogInformation("{Destination} takes messages again", address);
            failedAt = null;
        }
    }

    /// <summary>The broker takes messages, this destination does not.</summary>
    public void Failed(string error)
    {
        lock (gate)
        {
            // One that takes some and rejects others would fill the log.
            if (failedAt is null && (warnedAt is null || clock.GetElapsedTime(warnedAt.Value) > Memory))
            {
                warnedAt = clock.GetTimestamp();
                log.LogWarning(
                    "{Destination} takes no messages: a queue behind it is full, has no majority, does not exist, or has other arguments. "
                    + "Only its rows wait: {Failure}", address, error);
            }

            (failedAt, Error) = (clock.GetTimestamp(), error);
            if (retriedAt == 0)
                retriedAt = failedAt.Value;
        }
    }
}
