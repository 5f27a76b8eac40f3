using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>
/// /health/live: the process answers. /health/ready: its databases are reachable. A broker that is away makes it "degraded", not
/// unready: orders are still taken, the outbox keeps what is to be sent.
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
        var checks = report.Entries.ToDictionary(entry => entry.Key, entry => Word(entry.Value));
        var status = checks.ContainsValue("unavailable") ? "unavailable" : checks.ContainsValue(Degraded) ? Degraded : "ready";
        return Results.Json(new { status, checks }, statusCode: status == "unavailable" ? 503 : 200);
    }

    static string Word(HealthReportEntry entry) => entry.Status switch
    {
        HealthStatus.Healthy => "ready",
        HealthStatus.Unhealthy when !entry.Tags.Contains("masstransit") => "unavailable",
        _ => Degraded,
    };
}

/// <summary>The database answers a statement within two seconds.</summary>
sealed class DatabaseHealth<TDb>(IServiceScopeFactory scopes) : IHealthCheck where TDb : ServiceDb
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TDb>().Database.CanConnectAsync(limit.Token)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy();
    }
}
