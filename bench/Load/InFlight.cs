namespace OrderSaga.Bench;

/// <summary>Lets a new order in only when one has ended: keeps as many under way as saturate the system, and no more.</summary>
/// <param name="reader">Tells how many are open.</param>
/// <param name="most">Orders under way at once.</param>
sealed class InFlight(OrderReader reader, int most) : IDisposable
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    readonly SemaphoreSlim room = new(most);
    int acknowledged;
    int settled;

    /// <summary>Orders that have ended, as of the last look.</summary>
    public int Settled => Volatile.Read(ref settled);

    public Task Enter(CancellationToken cancel) => room.WaitAsync(cancel);

    /// <summary>Who entered has its answer.</summary>
    public void Acknowledged() => Interlocked.Increment(ref acknowledged);

    /// <summary>Who entered does not place an order after all.</summary>
    public void Leave() => room.Release();

    /// <summary>Watches until it is cancelled. Acknowledged is read first: what is counted as ended has.</summary>
    public async Task Watch(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Look);
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
