using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Sandbox;

/// <summary>Wakes the sender after the commit of a webhook.</summary>
sealed class WebhookSignal : IDisposable
{
    readonly SemaphoreSlim raised = new(0, 1);

    public void Raise()
    {
        lock (raised)
        {
            if (raised.CurrentCount == 0)
                raised.Release();
        }
    }

    public Task Wait(TimeSpan max, CancellationToken cancel) => raised.WaitAsync(max, cancel);

    public void Dispose() => raised.Dispose();
}

/// <summary>Delivers a webhook once; returns the error, or null.</summary>
sealed class WebhookClient(HttpClient http, SandboxSettings settings, Faults faults, TimeProvider clock)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public async Task<string?> Deliver(GatewayWebhook webhook, CancellationToken cancel)
    {
        string? error = null;
        for (var arrival = 0; arrival < faults.Arrivals(webhook.Id); arrival++)
            error = await Send(webhook, cancel);
        return error;
    }

    async Task<string?> Send(GatewayWebhook webhook, CancellationToken cancel)
    {
        try
        {
            var secret = settings.WebhookSecret ?? throw new InvalidOperationException("Webhooks wait to be delivered: set Gateway:WebhookSecret.");
            using var request = WebhookSignature.Sign(webhook, secret, clock.GetUtcNow());
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode ? null : $"answered {(int)answer.StatusCode}";
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return error.Message;
        }
    }
}

/// <summary>Delivers due webhooks from the table: at least once, with growing delays, a bounded number of times.</summary>
sealed class WebhookSender(
    IServiceScopeFactory scopes, UnitOfWork<SandboxDb> unitOfWork, WebhookSignal signal, SandboxSettings settings,
    TimeProvider clock, ILogger<WebhookSender> log)
    : BackgroundService
{
    const int Page = 32;
    static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = settings.WebhookRetryDelay < PollInterval ? settings.WebhookRetryDelay : PollInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await Guarded(stoppingToken) < Page)
                await signal.Wait(delay, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The database may be unavailable for a while; the webhooks wait in it.</summary>
    async Task<int> Guarded(CancellationToken cancel)
    {
        try
        {
            return await DeliverPage(cancel);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            log.LogError(error, "Could not read or update webhooks; retrying in a second");
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    async Task<int> DeliverPage(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<WebhookClient>();
        var due = await Due(scope.ServiceProvider.GetRequiredService<SandboxDb>(), cancel);
        if (due.Count == 0)
            return 0;

        var errors = await Task.WhenAll(due.Select(webhook => client.Deliver(webhook, cancel)));
        var results = due.Zip(errors).ToDictionary(x => x.First.Id, x => x.Second, StringComparer.Ordinal);
        await unitOfWork.Run(async work =>
        {
            foreach (var webhook in await work.Lock<GatewayWebhook, string>(results.Keys))
                Mark(webhook, results[webhook.Id]);
        });
        return due.Count;
    }

    async Task<List<GatewayWebhook>> Due(SandboxDb db, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return await db.Webhooks.AsNoTracking().Where(x => x.DueAt <= now).OrderBy(x => x.DueAt).Take(Page).ToListAsync(cancel);
    }

    void Mark(GatewayWebhook webhook, string? error)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        webhook.Attempts++;
        webhook.LastError = Text.Clean(error, 500);
        webhook.DeliveredAt = error is null ? now : null;
        webhook.DueAt = error is null || webhook.Attempts >= settings.MaxWebhookAttempts ? null : now
            + DelayAfter(settings.WebhookRetryDelay, webhook.Attempts);
        if (error is not null)
        {
            log.LogWarning("Webhook {WebhookId} to {Url}: attempt {Attempt} failed: {Error}; {Next}",
                webhook.Id, webhook.Url, webhook.Attempts, error, webhook.DueAt is { } due ? $"next at {WebJson.Text(due)}" : "given up");
        }
    }

    /// <summary>Doubles after each attempt, up to five minutes.</summary>
    internal static TimeSpan DelayAfter(TimeSpan first, int attempts)
    {
        var delay = first * Math.Pow(2, Math.Min(attempts - 1, 30));
        return delay < MaxDelay ? delay : MaxDelay;
    }
}
