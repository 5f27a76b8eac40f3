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

public static class CancellationExtensions
{
    /// <summary>True if the work ended because it was cancelled. A connection that fails at the same moment is a failure, and is logged as one.</summary>
    public static bool IsCancellationBy(this Exception exception, CancellationToken cancel) =>
        exception is OperationCanceledException && cancel.IsCancellationRequested;
}
