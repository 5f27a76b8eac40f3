using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Sandbox;

/// <summary>Expires overdue hosted payments, so that their callers get a webhook.</summary>
sealed class HostedPaymentExpiry(IServiceScopeFactory scopes, Ledger ledger, TimeProvider clock, ILogger<HostedPaymentExpiry> log) : BackgroundService
{
    const int Page = 200;
    static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Guarded(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogDebug("Stopped");
        }
    }

    /// <summary>The database may be unavailable for a while.</summary>
    async Task Guarded(CancellationToken cancel)
    {
        try
        {
            await Expire(cancel);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            log.LogError(error, "Could not expire overdue hosted payments; retrying in a second");
        }
    }

    async Task Expire(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow().UtcDateTime;
        var overdue = await scope.ServiceProvider.GetRequiredService<SandboxDb>().Operations.AsNoTracking()
            .Where(x => x.ExpiresAt <= now && x.Status == Statuses.Pending).OrderBy(x => x.ExpiresAt).Select(x => x.Id).Take(Page).ToListAsync(cancel);
        await Task.WhenAll(overdue.Select(id => ledger.Do(new Conclude(id, GatewayRules.NotPaidInTime))));
    }
}
