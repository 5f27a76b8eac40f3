using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>
/// /health/live: the process answers. /health/ready: its databases accept writes. An unavailable broker makes the process degraded, not
/// unready: it still accepts orders, and the outbox keeps the messages.
/// </summary>
static class Health
{
    public const string Degraded = "degraded";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health/ready", Ready).AllowAnonymous().ExcludeFromDescription();
    }

    static async Task<IResult> Ready(HealthCheckService health, CancellationToken cancel)
    {
        var report = await health.CheckHealthAsync(cancel);
        var checks = report.Entries.ToDictionary(entry => entry.Key, entry => StatusText(entry.Value));
        var status = checks.ContainsValue("unavailable") ? "unavailable" : checks.ContainsValue(Degraded) ? Degraded : "ready";
        return Results.Json(new { status, checks }, statusCode: status == "unavailable" ? 503 : 200);
    }

    static string StatusText(HealthReportEntry entry) => entry.Status switch
    {
        HealthStatus.Healthy => "ready",
        HealthStatus.Unhealthy when !entry.Tags.Contains("masstransit") => "unavailable",
        _ => Degraded,
    };
}

/// <summary>
/// Checks that the database accepts a write. A request gets the result of the last write and starts the next one if that is older than
/// <see cref="DatabaseSettings.ProbeIntervalMilliseconds"/>: requests cannot load the database, and without requests nothing is written.
/// </summary>
sealed class DatabaseHealth<TDb>(QueryRunner<TDb> statements, DatabaseSettings settings, TimeProvider clock) : IHealthCheck where TDb : ServiceDb
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
