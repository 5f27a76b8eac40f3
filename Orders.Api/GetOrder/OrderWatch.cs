using System.Threading.Channels;
using Orders.Model;

namespace Orders.Api;

/// <summary>One caller that waits for changes of one order.</summary>
/// <param name="orderId">The order.</param>
/// <param name="wanted">Which of its states the caller is woken for.</param>
/// <param name="end">Called when the caller waits no more.</param>
sealed class OrderWatch(Guid orderId, Func<OrderState, bool> wanted, Action<OrderWatch> end) : IDisposable
{
    readonly Channel<bool> changed = Signal();
    long seen = long.MaxValue;

    public Guid OrderId => orderId;

    /// <summary>At most one signal waits to be taken.</summary>
    public static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>
    /// True when the order may be in another state than in <paramref name="version"/>: the caller reads it again. False when
    /// <paramref name="cancel"/> ends it.
    /// </summary>
    public async Task<bool> Changes(long version, CancellationToken cancel)
    {
        Interlocked.Exchange(ref seen, version);
        try
        {
            return await changed.Reader.ReadAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void See(OrderState order)
    {
        if (wanted(order))
            changed.Writer.TryWrite(true);
    }

    public void See(long version)
    {
        if (version > Interlocked.Read(ref seen))
            changed.Writer.TryWrite(true);
    }

    public void Dispose() => end(this);
}
