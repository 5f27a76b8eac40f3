using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The time of the database's server, so that processes whose own clocks differ agree on what is due. It is read on a connection that was just
/// opened, before anything else is done on it, and again after a while; in between this process's steady clock counts on. At the start
/// it is read before all else (<see cref="ClockFirst{TDb}"/>).
/// </summary>
public sealed class DatabaseClock(TimeProvider own) : TimeProvider
{
    static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);

    Reading? last;

    public override long TimestampFrequency => own.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref last) is { } reading ? reading.Time + GetElapsedTime(reading.At) : own.GetUtcNow();

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);

    /// <summary>Reads it on the connections of one database; none where its time is this process's.</summary>
    internal IEnumerable<IInterceptor> On(Dialect dialect) => dialect.ReadClock is { } statement ? [new Reader(this, statement)] : [];

    async Task Read(DbConnection connection, string statement, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        var time = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!, TimeSpan.Zero);
        // The answer's way here makes it late rather than early: so no deadline passes before its time.
        Volatile.Write(ref last, new Reading(time, GetTimestamp()));
    }

    sealed record Reading(DateTimeOffset Time, long At);

    sealed class Reader(DatabaseClock clock, string statement) : DbConnectionInterceptor
    {
        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
            clock.last is { } reading && clock.GetElapsedTime(reading.At) < ReadEvery
                ? Task.CompletedTask
                : clock.Read(connection, statement, cancellationToken);
    }
}
