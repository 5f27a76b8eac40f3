using System.Diagnostics;
using System.Text.Json;
using RabbitMQ.Client;

namespace Installed;

/// <summary>The effect so far, in messages: an envelope counts as its messages.</summary>
/// <param name="Dropped">Messages lost.</param>
/// <param name="Taken">Messages not lost.</param>
/// <param name="Delivered">Copies delivered to their queues.</param>
/// <param name="Overtaken">Copies that a later message overtook.</param>
public sealed record Mangled(int Dropped = 0, int Taken = 0, int Delivered = 0, int Overtaken = 0);

/// <summary>One publish as received from the broker.</summary>
sealed class Original(string queue, ulong tag, BasicProperties properties, ReadOnlyMemory<byte> body, int copies)
{
    int missing = copies;

    public string Queue => queue;
    public ulong Tag => tag;
    public BasicProperties Properties => properties;
    public ReadOnlyMemory<byte> Body => body;
    public int Messages { get; } = Count(body);

    /// <summary>Records the delivery of one copy; true when it was the last.</summary>
    public bool Arrived() => Interlocked.Decrement(ref missing) == 0;

    static int Count(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("messages", out var inside) ? inside.GetArrayLength() : 1;
    }
}

/// <summary>Copies that wait for their time.</summary>
sealed class HeldBack
{
    readonly Lock gate = new();
    readonly PriorityQueue<Original, TimeSpan> waiting = new();
    readonly Stopwatch clock = Stopwatch.StartNew();
    bool closed;

    /// <summary>Closed, and no copy is left.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
                return closed && waiting.Count == 0;
        }
    }

    public void Add(Original copy, TimeSpan time)
    {
        lock (gate)
            waiting.Enqueue(copy, clock.Elapsed + time);
    }

    public List<Original> TakeDue()
    {
        var due = new List<Original>();
        lock (gate)
        {
            while (waiting.TryPeek(out _, out var at) && (closed || at <= clock.Elapsed))
                due.Add(waiting.Dequeue());
        }

        return due;
    }

    /// <summary>From now on no copy waits.</summary>
    public void Close()
    {
        lock (gate)
            closed = true;
    }
}
