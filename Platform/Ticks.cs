namespace OrderSaga.Platform;

public static class Ticks
{
    /// <summary>Waits for the next tick; returns false, without an exception, once <paramref name="stop"/> is cancelled.</summary>
    public static async Task<bool> Next(this PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }
}

public static class Pauses
{
    /// <summary>Completes after the delay, or as soon as <paramref name="cancel"/> is cancelled.</summary>
    public static async Task Pause(this TimeProvider clock, TimeSpan pause, CancellationToken cancel) =>
        await Task.Delay(pause, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
