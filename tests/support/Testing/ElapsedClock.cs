namespace Testing;

/// <summary>Elapsed time is what the test says, and the time of day can jump. Timers run in real time.</summary>
public sealed class ElapsedClock : TimeProvider
{
    long elapsed;

    /// <summary>How far the time of day has jumped.</summary>
    public TimeSpan Jump { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref elapsed);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Jump;

    public void Advance(TimeSpan time) => Interlocked.Add(ref elapsed, time.Ticks);

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));
}
