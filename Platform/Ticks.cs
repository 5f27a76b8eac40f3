namespace OrderSaga.Platform;

public static class Ticks
{
    /// <summary>Waits for the next tick; false, not an exception, once <paramref name="stop"/> is cancelled.</summary>
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
    /// <summary>Ends after the pause, or as soon as <paramref name="cancel"/> is cancelled.</summary>
    public static async Task Pause(this TimeProvider clock, TimeSpan pause, CancellationToken cancel) =>
        await Task.Delay(pause, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
