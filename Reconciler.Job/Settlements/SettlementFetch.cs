using System.Runtime.CompilerServices;

namespace Reconciler.Job;

/// <summary>Takes in the files of the days that are over and whose file has not come, oldest first.</summary>
sealed class SettlementFetch(
    SettlementClient gateway, SettlementIntake intake, Ledgers ledgers, SettlementSettings settings, TimeProvider clock, ILogger<SettlementFetch> log)
{
    /// <summary>What became of each file that came. A gateway that cannot be reached is no finding: the days stay due.</summary>
    public async IAsyncEnumerable<Intake> TakeDue([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (!settings.Fetch)
            yield break;
        if (!gateway.IsThere)
        {
            log.LogWarning("No settlement file is fetched: set Gateway:Url and Gateway:Key, or Settlements:Fetch to false");
            yield break;
        }

        var last = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime.AddHours(-settings.DueAfterHours)).AddDays(-1);
        var delivered = await ledgers.Settlement.DeliveredDays(cancel);
        for (var day = last.AddDays(1 - settings.LookBackDays); day <= last; day = day.AddDays(1))
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
                if (SettlementText.WhyNot(file) is { } reason)
                    log.LogWarning("What the gateway gave for the settlement file of {Day:yyyy-MM-dd} is none, and the day stays due: {Reason}", day, reason);
                else if (await Take(day, file, cancel) is { Outcome: not IntakeOutcome.Known } taken)
                    yield return taken;
            }
        }
    }

    /// <summary>From its beginning: a look at its first bytes has moved it.</summary>
    Task<Intake> Take(DateOnly day, Stream file, CancellationToken cancel)
    {
        file.Position = 0;
        return intake.Take(day, file, Delivery.Fetched, cancel);
    }

    async Task<(bool Reached, Stream? File)> Get(DateOnly day, CancellationToken cancel)
    {
        try
        {
            return (true, await gateway.Get(day, cancel));
        }
        catch (HttpRequestException refused) when (refused.StatusCode is not null)
        {
            // About this day only: the others are still asked for.
            log.LogWarning("The settlement file of {Day} is not given and stays due: {Failure}", day, refused.Message);
            return (true, null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            log.LogWarning("The settlement file of {Day} could not be fetched and stays due: {Failure}", day, failure.Message);
            return (false, null);
        }
    }
}
