using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderSaga.Platform.Http;

/// <summary>
/// /health/live: the process answers. /health/ready: its databases accept writes. An unavailable broker makes the process degraded, not
/// unready: it still accepts orders, and the outbox keeps the messages. API keys that cannot be read are stale.
/// </summary>
static class Health
{
    public const string Degraded = "degraded";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "live" })).AllowAnonymous().WithoutDeadline().ExcludeFromDescription();
        routes.MapGet("/health/ready", Ready).AllowAnonymous().WithoutDeadline().ExcludeFromDescription();
    }

    static async Task<IResult> Ready(HealthCheckService health, CancellationToken cancel)
    {
        var report = await health.CheckHealthAsync(cancel);
        var checks = report.Entries.ToDictionary(entry => entry.Key, entry => StatusText(entry.Value));
        var status = checks.ContainsValue("unavailable") ? "unavailable" : checks.Values.All(check => check == "ready") ? "ready" : Degraded;
        return Results.Json(new { status, checks }, statusCode: status == "unavailable" ? 503 : 200);
    }

    static string StatusText(HealthReportEntry entry) => entry.Status switch
    {
        HealthStatus.Healthy => "ready",
        HealthStatus.Unhealthy when !entry.Tags.Contains("masstransit") => "unavailable",
        HealthStatus.Degraded when entry.Description == ApiKeyRing.Stale => ApiKeyRing.Stale,
        _ => Degraded,
    };
}
