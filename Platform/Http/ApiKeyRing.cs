using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>
/// The API keys in force. The sources are read every second: links, mounts and network file systems report no changes. What is wrong for
/// longer than <see cref="Grace"/> is refused: the keys of an unreadable file, or one invalid key (docs/adr/0030).
/// </summary>
sealed class ApiKeyRing : BackgroundService, IHealthCheck
{
    /// <summary>The text of /health/ready while a source has a problem.</summary>
    public const string Stale = "stale";

    static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a source may be broken before it counts: an editor or a copy can take a moment to write it.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    static readonly Counter<long> Errors =
        Instruments.Meter.CreateCounter<long>("ordersaga.keys.errors", "{error}", "Errors in the sources of API keys: alarm on any");

    readonly ApiKeyFile file;
    readonly RequestsInProgress requests;
    readonly TimeProvider clock;
    readonly ILogger<ApiKeyRing> log;
    readonly IDisposable settingsChanges;
    volatile ApiKeySettings settings;
    volatile ApiKeySet current;
    long? brokenSince;

    /// <exception cref="InvalidOperationException">A source has a problem at start.</exception>
    public ApiKeyRing(IConfiguration configuration, ApiKeyFile file, RequestsInProgress requests, TimeProvider clock, ILogger<ApiKeyRing> log)
    {
        (this.file, this.requests, this.clock, this.log) = (file, requests, clock, log);
        file.Restrict();
        settings = ApiKeySettings.Of(configuration);
        current = ApiKeySet.Empty.Next(file, settings);
        if (current.Problems.Count > 0)
            throw new InvalidOperationException(string.Join(" ", current.Problems));
        settingsChanges = Watch(configuration);
    }

    /// <summary>The merchants that have a key.</summary>
    public IReadOnlySet<string> Merchants => current.Keys.Select(key => key.Entry.Merchant!).ToHashSet(StringComparer.Ordinal);

    /// <summary>Compares every key in constant time, so that the response time reveals nothing.</summary>
    public (ApiKey? Key, AuthFailure Failure) Find(string presented)
    {
        var (hash, keys) = (ApiKey.HashOf(presented), current);
        if (Match(keys.Keys, hash) is { } key)
            return (key, key.IsExpired(clock.GetUtcNow()) ? AuthFailure.Expired : AuthFailure.None);
        var suspended = Match(keys.Suspended, hash);
        return (suspended, suspended is null ? AuthFailure.Unknown : AuthFailure.Suspended);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(current.Problems.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(Stale));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ReadInterval, clock);
        while (await timer.WaitForTick(stoppingToken))
            Refresh();
    }

    /// <summary>Reads the sources again and cuts the requests of keys that are no longer in force.</summary>
    internal void Refresh()
    {
        var next = current.Next(file, settings);
        if (IsSettled(next))
            Apply(next);
        requests.Abort(key => !current.Identities.Contains(key.Identity) || key.IsExpired(clock.GetUtcNow()));
    }

    static ApiKey? Match(IReadOnlyList<ApiKey> keys, byte[] hash)
    {
        ApiKey? found = null;
        foreach (var key in keys)
            found = key.Matches(hash) ? key : found;
        return found;
    }

    bool IsSettled(ApiKeySet next)
    {
        if (next.Problems.Count == 0)
            brokenSince = null;
        else
            brokenSince ??= clock.GetTimestamp();
        return brokenSince is not { } since || clock.GetElapsedTime(since) >= Grace;
    }

    void Apply(ApiKeySet next)
    {
        foreach (var problem in next.Problems.Except(current.Problems))
        {
            Errors.Add(1);
            log.LogError("API keys: {Problem}", problem);
        }

        var repaired = next.Problems.Count == 0 && current.Problems.Count > 0;
        if (repaired || !next.Identities.SetEquals(current.Identities))
            log.LogInformation("Reloaded the API keys: {Count} are in force", next.Keys.Count);
        current = next;
    }

    /// <summary>A settings file that cannot be read again has no keys; that must not pass in silence.</summary>
    IDisposable Watch(IConfiguration configuration)
    {
        string? failure = null;
        foreach (var source in ((IConfigurationBuilder)configuration).Sources.OfType<FileConfigurationSource>())
            source.OnLoadException = load =>
            {
                load.Ignore = true;
                failure = $"{load.Exception.Message} Keys in it are refused until it can be read. {load.Exception.InnerException?.Message}";
            };
        return ChangeToken.OnChange(configuration.GetReloadToken, () => (settings, failure) = (ApiKeySettings.Of(configuration, failure), null));
    }

    public override void Dispose()
    {
        settingsChanges.Dispose();
        base.Dispose();
    }
}
