using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The database tells the time before anything starts that asks for it. One that is away is waited for, a while; then its callers are to hear that it is.
/// </summary>
sealed class ClockFirst<TDb>(IServiceScopeFactory scopes, Database<TDb> database, ILogger<ClockFirst<TDb>> log) : IHostedService where TDb : ServiceDb
{
    const int Looks = 5;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause);
        for (var look = 0; look < Looks && await IsAway(cancellationToken) && await timer.Next(cancellationToken); look++)
            log.LogWarning("The database {Database} does not tell the time: it is waited for at the start", database.Name);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A database that is there and refuses us is no reason to wait: it tells more to who uses it.</summary>
    async Task<bool> IsAway(CancellationToken cancel)
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
