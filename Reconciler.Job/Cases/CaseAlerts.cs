using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>
/// Tells of each new case: a log line, and a POST to <c>Reconciliation:AlertUrl</c> if there is one. At least once: a case is marked when it
/// was told, so one whose process died, or whose receiver was away, is told later.
/// </summary>
sealed class CaseAlerts(
    Statements<ReconcilerDb> statements, IHttpClientFactory clients, ReconciliationSettings settings, TimeProvider clock, ILogger<CaseAlerts> log)
    : BackgroundService
{
    /// <summary>The name of its HTTP client.</summary>
    public const string Client = "case-alerts";

    const int Page = 50;
    static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    readonly SemaphoreSlim woken = new(1);

    /// <summary>A case was opened.</summary>
    public void Wake()
    {
        if (woken.CurrentCount == 0)
            woken.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await woken.WaitAsync(Every, stoppingToken);
                await TellOfAll(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is untold is told at the next start.
        }
    }

    async Task TellOfAll(CancellationToken cancel)
    {
        try
        {
            while (await Untold() is { Count: > 0 } untold)
                foreach (var opened in untold)
                    await Tell(opened, cancel);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogWarning("New cases could not be told; trying again in {Every}: {Failure}", Every, failure.Message);
        }
    }

    Task<List<CaseRow>> Untold() => statements.Run(db => db.Cases.AsNoTracking()
        .Where(row => row.AlertedAt == null).OrderBy(row => row.OpenedAt).Take(Page).ToListAsync());

    async Task Tell(CaseRow opened, CancellationToken cancel)
    {
        log.LogWarning("Case {CaseId} is open: {Class} ({Severity}), order {OrderId}: {Reason}",
            opened.Id, opened.Class, opened.Severity, opened.OrderId, opened.Reason);
        using var http = clients.CreateClient(Client);
        if (settings.AlertUrl is { } url)
            (await http.PostAsJsonAsync(url, CaseView.Of(opened), cancel)).EnsureSuccessStatusCode();
        var now = clock.GetUtcNow().UtcDateTime;
        await statements.Run(db => db.Cases.Where(row => row.Id == opened.Id).ExecuteUpdateAsync(row => row.SetProperty(x => x.AlertedAt, now)));
    }
}
