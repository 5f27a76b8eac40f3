using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The database server's time, so that processes with different clocks agree on what is due. A newly opened connection reads it before any
/// other statement, if the last reading is old. In between, this process's monotonic clock advances it.
/// <see cref="DatabaseClockStartup{TDb}"/> reads it at start.
/// </summary>
public sealed class DatabaseClock(TimeProvider own) : TimeProvider
{
    static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(10);

    Reading? last;

    public override long TimestampFrequency => own.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref last) is { } reading ? reading.Time + GetElapsedTime(reading.At) : own.GetUtcNow();

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);

    /// <summary>The interceptor that reads the time on a database's connections; none if the database uses this process's clock.</summary>
    internal IEnumerable<IInterceptor> InterceptorsFor(Dialect dialect) => dialect.ReadClock is { } statement ? [new ClockInterceptor(this, statement)] : [];

    async Task Read(DbConnection connection, string statement, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        var time = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!, TimeSpan.Zero);
        // Network delay makes this reading late, never early: no deadline passes too soon.
        Volatile.Write(ref last, new Reading(time, GetTimestamp()));
    }

    sealed record Reading(DateTimeOffset Time, long At);

    sealed class ClockInterceptor(DatabaseClock clock, string statement) : DbConnectionInterceptor
    {
        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
            clock.last is { } reading && clock.GetElapsedTime(reading.At) < ReadInterval
                ? Task.CompletedTask
                : clock.Read(connection, statement, cancellationToken);
    }
}
