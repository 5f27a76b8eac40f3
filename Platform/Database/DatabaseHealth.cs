using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Checks that the database accepts a write. A request gets the result of the last write and starts the next one if that is older than
/// <see cref="DatabaseSettings.ProbeIntervalMilliseconds"/>: requests cannot load the database, and without requests nothing is written.
/// </summary>
sealed class DatabaseHealth<TDb>(QueryRunner<TDb> statements, DatabaseSettings settings, TimeProvider clock) : IHealthCheck where TDb : DbContext
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    readonly Lock gate = new();
    Task<HealthCheckResult>? last;
    long lastAt;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        Task<HealthCheckResult> probe;
        lock (gate)
        {
            if (last is null || (last.IsCompleted && clock.GetElapsedTime(lastAt).TotalMilliseconds >= settings.ProbeIntervalMilliseconds))
                (last, lastAt) = (Task.Run(Probe, CancellationToken.None), clock.GetTimestamp());
            probe = last;
        }

        return await Task.WhenAny(probe, Task.Delay(Timeout, clock, cancellationToken)) == probe
            ? await probe
            : HealthCheckResult.Unhealthy("The database did not accept a write in time.");
    }

    async Task<HealthCheckResult> Probe()
    {
        try
        {
            await statements.Run(db => db.Execute(statements.Dialect.Probe));
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure)
        {
            return HealthCheckResult.Unhealthy("The database did not accept a write.", failure);
        }
    }
}
