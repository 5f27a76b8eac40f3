namespace OrderSaga.Payments.Tests;

/// <summary>A clock that stands still until the test moves it, also back; timers run in real time: not FakeTimeProvider.</summary>
sealed class TestClock : TimeProvider
{
    long ticks = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
