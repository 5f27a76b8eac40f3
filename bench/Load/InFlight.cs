namespace OrderSaga.Bench;

/// <summary>Admits a new order when one has finished: keeps the number of orders in progress constant.</summary>
/// <param name="reader">Counts open orders.</param>
/// <param name="max">Maximum number of orders in progress.</param>
sealed class InFlight(OrderReader reader, int max) : IDisposable
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    readonly SemaphoreSlim room = new(max);
    int acknowledged;
    int settled;

    /// <summary>Finished orders at the last poll.</summary>
    public int Settled => Volatile.Read(ref settled);

    public Task Enter(CancellationToken cancel) => room.WaitAsync(cancel);

    /// <summary>An admitted order was acknowledged.</summary>
    public void Acknowledged() => Interlocked.Increment(ref acknowledged);

    /// <summary>An admitted caller placed no order.</summary>
    public void Leave() => room.Release();

    /// <summary>Polls until cancelled. Reads the acknowledged count first, so that no order counts as finished too early.</summary>
    public async Task Watch(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(PollInterval);
        while (!cancel.IsCancellationRequested)
        {
            var before = Volatile.Read(ref acknowledged);
            var ended = before - await reader.Open();
            if (ended > settled)
            {
                room.Release(ended - settled);
                Volatile.Write(ref settled, ended);
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public void Dispose() => room.Dispose();
}
