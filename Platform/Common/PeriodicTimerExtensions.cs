namespace OrderSaga.Platform.Common;

public static class PeriodicTimerExtensions
{
    /// <summary>Waits for the next tick; returns false, without an exception, once <paramref name="stop"/> is cancelled.</summary>
    public static async Task<bool> WaitForTick(this PeriodicTimer timer, CancellationToken stop)
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

public static class TimeProviderExtensions
{
    /// <summary>Completes after the delay, or as soon as <paramref name="cancel"/> is cancelled.</summary>
    public static async Task Delay(this TimeProvider clock, TimeSpan delay, CancellationToken cancel) =>
        await Task.Delay(delay, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
