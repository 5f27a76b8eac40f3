using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Switches;

namespace Reconciler.Job;

/// <summary>Opens a case for each switch that the guard killed: somebody must find out why the new value failed.</summary>
sealed class SwitchKillCases(ReadOnlyContext<OrdersDb> orders, UnitOfWork<ReconcilerDb> unitOfWork, CaseService cases, TimeProvider clock) : IPeriodicJob
{
    const string By = "guard";

    /// <summary>Less than resolved cases are kept: an older kill has, or had, its case.</summary>
    static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    const string Rule = "The orders of a new value of a switch do not fail more often than those of the default.";

    public async Task Run(CancellationToken cancel)
    {
        var since = clock.GetUtcNow().UtcDateTime - MaxAge;
        var kills = await orders.Query(db => db.Set<SwitchVersion>()
            .Where(row => row.Killed && row.By == SwitchChanges.Guard && row.At >= since).ToListAsync(cancel));
        if (kills.Count > 0)
            await unitOfWork.Run(work => Open(work, kills));
    }

    async Task Open(UnitOfWorkContext work, List<SwitchVersion> kills)
    {
        var known = await ((ReconcilerDb)work.Db).Cases.Where(row => row.Class == Classes.SwitchKilled).Select(row => row.Subject).ToListAsync();
        foreach (var kill in kills.Where(kill => !known.Contains(Subject(kill))))
            cases.Open(work, Finding(kill), kill.Reason, By);
    }

    static Finding Finding(SwitchVersion kill) => new(
        Classes.SwitchKilled, Severity.Medium, null, Subject(kill), Rule,
        JsonSerializer.Serialize(new { kill.Name, Version = kill.Number, kill.Reason, kill.At }, WebJson.Options), Remedy.Case, 0, null);

    static string Subject(SwitchVersion kill) => $"{kill.Name} version {kill.Number}";
}
