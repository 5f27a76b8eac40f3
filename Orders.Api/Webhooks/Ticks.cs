namespace Orders.Api.Webhooks;

static class Ticks
{
    /// <summary>False when the process stops.</summary>
    public static async Task<bool> Tick(this PeriodicTimer timer, CancellationToken stop)
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
