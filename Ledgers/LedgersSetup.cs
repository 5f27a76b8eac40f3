using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Ledgers;

public static class LedgersSetup
{
    /// <summary>Adds read access to the ledgers and their replicas.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="window">Changes within this time are in flight, so a replica may be behind for as long.</param>
    public static void AddLedgers(this WebApplicationBuilder builder, TimeSpan window)
    {
        var settings = builder.Configuration.GetSection("Ledgers").GetStrict<LedgerSettings>();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(LedgerSet.Of(builder.Configuration, settings));
        builder.Services.AddSingleton<FourWayMerge>();
        var primaries = LedgerSet.OfPrimaries(builder.Configuration, settings);
        builder.Services.AddSingleton(new PrimaryLedgers(primaries, new FourWayMerge(primaries, settings)));
        var maxLag = TimeSpan.FromSeconds(settings.MaxReplicaLagSeconds);
        builder.Services.AddSingleton(services => Replicas.Of(
            builder.Configuration, window < maxLag ? window : maxLag, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<Conservation>();
    }

    /// <summary>Measures the replicas while the process runs, for metrics, log and /health/ready.</summary>
    public static void AddReplicaMonitor(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReplicaMonitor>();
        builder.Services.AddPeriodic<ReplicaMonitor>(ReplicaMonitor.Interval);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "replicas", services => services.GetRequiredService<ReplicaMonitor>(), HealthStatus.Degraded, null));
    }
}
