namespace FaultRuns.Faults;

/// <summary>How long a fault lasts.</summary>
public static class Delay
{
    public static async Task For(double seconds, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds));
        await timer.WaitForNextTickAsync(cancel);
    }
}
