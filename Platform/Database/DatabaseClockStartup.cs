using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Reads the database's time before anything that uses it starts. Waits a while for an unavailable database, then lets the start continue,
/// so that callers get an answer that says so.
/// </summary>
sealed class DatabaseClockStartup<TDb>(IServiceScopeFactory scopes, Database<TDb> database, ILogger<DatabaseClockStartup<TDb>> log)
    : IHostedService where TDb : DbContext
{
    const int MaxAttempts = 5;
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RetryDelay);
        for (var attempt = 0; attempt < MaxAttempts && await IsUnavailable(cancellationToken) && await timer.WaitForTick(cancellationToken); attempt++)
            log.LogWarning("Cannot read the time of database {Database}; the start waits for it", database.Name);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Do not wait for authentication errors; the first caller reports them better.</summary>
    async Task<bool> IsUnavailable(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<TDb>().Database.OpenConnectionAsync(cancel);
            return false;
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            return DatabaseErrors.Classify(failure) == FailureKind.Unavailable;
        }
    }
}
