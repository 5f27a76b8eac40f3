namespace Orders.Sagas.Tests;

/// <summary>Real time plus an offset that the test sets; timers run in real time.</summary>
sealed class ShiftedClock : TimeProvider
{
    long shift;

    public DateTime Now => GetUtcNow().UtcDateTime;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref shift));

    public void Advance(TimeSpan by) => Interlocked.Add(ref shift, by.Ticks);
}
