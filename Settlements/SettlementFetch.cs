using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Settlements;

/// <summary>Imports missing files of past days, oldest first.</summary>
public sealed class SettlementFetch<TDb>(
    SettlementClient gateway, SettlementIntake<TDb> intake, LedgerSet ledgers, SettlementSettings settings, TimeProvider clock,
    ILogger<SettlementFetch<TDb>> log) where TDb : SettlementDb
{
    /// <summary>Yields the result of each file. An unreachable gateway is not a finding: the days stay due.</summary>
    public async IAsyncEnumerable<Intake> ImportDue([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (!settings.FetchEnabled)
            yield break;
        if (!gateway.IsThere)
        {
            log.LogWarning("Cannot fetch settlement files: set Gateway:Url and Gateway:Key, or Settlements:FetchEnabled to false");
            yield break;
        }

        var last = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime.AddHours(-settings.DueAfterHours)).AddDays(-1);
        var delivered = await ledgers.Settlement.DeliveredDays(cancel);
        for (var day = last.AddDays(1 - settings.LookbackDays); day <= last; day = day.AddDays(1))
        {
            if (delivered.Contains(day) && day <= last.AddDays(-settings.RecheckDays))
                continue;
            var (reached, file) = await Get(day, cancel);
            if (!reached)
                yield break;
            if (file is null)
                continue;
            await using (file)
            {
                if (SettlementText.ReasonInvalid(file) is { } reason)
                    log.LogWarning("The gateway's answer for {Day:yyyy-MM-dd} is not a settlement file; the day stays due: {Reason}", day, reason);
                else if (await Import(day, file, cancel) is { Outcome: not IntakeOutcome.Known } taken)
                    yield return taken;
            }
        }
    }

    /// <summary>Rewinds the file first: the check of its first bytes has moved its position.</summary>
    Task<Intake> Import(DateOnly day, Stream file, CancellationToken cancel)
    {
        file.Position = 0;
        return intake.Import(day, file, FileDelivery.Fetched, cancel);
    }

    async Task<(bool Reached, Stream? File)> Get(DateOnly day, CancellationToken cancel)
    {
        try
        {
            return (true, await gateway.Get(day, cancel));
        }
        catch (HttpRequestException refused) when (refused.StatusCode is not null)
        {
            // Only this day failed: the others are still fetched.
            log.LogWarning("The gateway refused the settlement file of {Day}; the day stays due: {Failure}", day, refused.Message);
            return (true, null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            log.LogWarning("Could not fetch the settlement file of {Day}; the day stays due: {Failure}", day, failure.Message);
            return (false, null);
        }
    }
}
