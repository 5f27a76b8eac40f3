using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Ledgers;

/// <summary>Measures the replicas' lag and the primaries' durability for metrics, log and /health/ready.</summary>
public sealed class ReplicaMonitor : IPeriodicJob, IHealthCheck
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    readonly Replicas replicas;
    readonly IConfiguration configuration;
    readonly ILogger<ReplicaMonitor> log;

    /// <summary>Null if the last measurement failed.</summary>
    IReadOnlyList<ReplicaLag>? lags = [];

    IReadOnlyList<(string Database, string? Warning)> durability = [];

    public ReplicaMonitor(Replicas replicas, IConfiguration configuration, ILogger<ReplicaMonitor> log)
    {
        (this.replicas, this.configuration, this.log) = (replicas, configuration, log);
        Instruments.Meter.CreateObservableGauge("ordersaga.replica.lag", Lags, "s", "Age of the oldest change missing on a replica, by database");
        Instruments.Meter.CreateObservableGauge(
            "ordersaga.database.commits.unsafe", UnsafeDatabases, null, "1 if commits of the database wait for none of its replicas");
    }

    public async Task Run(CancellationToken cancel)
    {
        await CheckDurability(cancel);
        await MeasureLags(cancel);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        lags is not { } measured ? HealthCheckResult.Degraded("A replica could not be read; reconciliation waits for it.")
        : measured.FirstOrDefault(lag => lag.Over(replicas.Bound)) is { } stale ? HealthCheckResult.Degraded(stale.ToString())
        : HealthCheckResult.Healthy());

    async Task MeasureLags(CancellationToken cancel)
    {
        try
        {
            lags = await replicas.Measure(cancel);
        }
        catch
        {
            lags = null;
            throw;
        }

        foreach (var stale in lags.Where(lag => lag.Over(replicas.Bound)))
            log.LogWarning("Reconciliation waits: {Lag}, the maximum is {Bound}", stale, replicas.Bound);
    }

    /// <summary>Logged on each change.</summary>
    async Task CheckDurability(CancellationToken cancel)
    {
        var found = new List<(string Database, string? Warning)>();
        foreach (var name in Replicas.Databases)
            found.Add((name, (await Durability.Read(name, configuration.GetPrimaryDatabase(name), cancel))?.Warning));
        foreach (var (_, warning) in found.Except(durability).Where(one => one.Warning is not null))
            log.LogWarning("{Warning}", warning);
        durability = found;
    }

    IEnumerable<Measurement<double>> Lags() => (lags ?? []).Select(lag => new Measurement<double>(
        lag.Diverged ? double.PositiveInfinity : lag.Behind.TotalSeconds, new KeyValuePair<string, object?>("database", lag.Database)));

    IEnumerable<Measurement<int>> UnsafeDatabases() => durability.Select(one => new Measurement<int>(
        one.Warning is null ? 0 : 1, new KeyValuePair<string, object?>("database", one.Database)));
}
