using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>
/// Reports each new case: a log line, and a POST to <c>Reconciliation:AlertUrl</c> if set. At least once: a case is marked after its alert
/// was accepted. Each failed alert has its own growing delay and does not delay the others.
/// </summary>
sealed class CaseAlerts(
    QueryRunner<ReconcilerDb> statements, IHttpClientFactory clients, ReconciliationSettings settings, TimeProvider clock, ILogger<CaseAlerts> log)
    : WakeableService(Interval, log)
{
    /// <summary>Name of the HTTP client.</summary>
    public const string Client = "case-alerts";

    const int Page = 50;
    const int ConcurrentAlerts = 4;
    const int MaxErrorLength = 300;
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    /// <summary>15 s after the first failed alert, doubled each time, at most an hour.</summary>
    internal static TimeSpan DelayAfter(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(Interval.TotalSeconds * Math.Pow(2, attempts - 1), MaxDelay.TotalSeconds));

    /// <summary>Oldest first.</summary>
    protected override async Task Run(CancellationToken stop)
    {
        var bound = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentAlerts, CancellationToken = stop };
        while (await Due() is { Count: > 0 } due)
            await Parallel.ForEachAsync(due, bound, async (opened, cancel) => await Alert(opened, cancel));
    }

    Task<List<CaseRow>> Due()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // A longer delay than the maximum comes from a wrong clock.
        var maxDueAt = now + MaxDelay;
        return statements.Run(db => db.Cases.AsNoTracking()
            .Where(row => row.AlertedAt == null && (row.NextAlertAt == null || row.NextAlertAt <= now || row.NextAlertAt > maxDueAt))
            .OrderBy(row => row.OpenedAt).Take(Page).ToListAsync());
    }

    async Task Alert(CaseRow opened, CancellationToken cancel)
    {
        if (opened.AlertAttempts == 0)
            Log.LogWarning("Opened case {CaseId}: {Class} ({Severity}), order {OrderId}: {Reason}",
                opened.Id, opened.Class, opened.Severity, opened.OrderId, opened.Reason);
        if (await Post(opened, cancel) is { } failure)
            await MarkFailed(opened, failure);
        else
            await MarkTaken(opened);
    }

    /// <summary>Returns null on success, otherwise the error.</summary>
    async Task<string?> Post(CaseRow opened, CancellationToken cancel)
    {
        if (settings.AlertUrl is not { } url)
            return null;
        try
        {
            using var http = clients.CreateClient(Client);
            var body = JsonSerializer.Serialize(CaseView.Of(opened), WebJson.Options);
            using var request = StandardWebhook.Post(url, opened.Id.ToString(), body, settings.AlertKeys, clock.GetUtcNow());
            using var answer = await http.SendAsync(request, cancel);
            return answer.IsSuccessStatusCode ? null : $"answered {(int)answer.StatusCode}";
        }
        catch (Exception failure) when (!failure.IsCancellationBy(cancel))
        {
            return Text.Clean(failure.Message, MaxErrorLength);
        }
    }

    Task<int> MarkTaken(CaseRow opened)
    {
        ReconciliationMetrics.Alerted(opened.Class, taken: true);
        var now = clock.GetUtcNow().UtcDateTime;
        return statements.Run(db => db.Cases.Where(row => row.Id == opened.Id).ExecuteUpdateAsync(row => row.SetProperty(x => x.AlertedAt, now)));
    }

    Task<int> MarkFailed(CaseRow opened, string failure)
    {
        ReconciliationMetrics.Alerted(opened.Class, taken: false);
        var attempts = opened.AlertAttempts + 1;
        var delay = DelayAfter(attempts);
        Log.LogWarning("Alert about case {CaseId} failed, attempt {Attempts}; retrying in {Pause}: {Failure}",
            opened.Id, attempts, delay, failure);
        var next = clock.GetUtcNow().UtcDateTime + delay;
        return statements.Run(db => db.Cases.Where(row => row.Id == opened.Id)
            .ExecuteUpdateAsync(row => row.SetProperty(x => x.AlertAttempts, attempts).SetProperty(x => x.NextAlertAt, next)));
    }
}
