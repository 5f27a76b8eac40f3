using OrderSaga.Platform.Batches;

namespace Reconciler.Job;

/// <summary>
/// The right to work on one run. Every transaction of the run goes through <see cref="Run"/>, which holds the run's row and finds its lease
/// unchanged: a process that was paused beyond its lease changes nothing any more.
/// </summary>
sealed class RunLease(Guid run, Guid holder, UnitOfWork<ReconcilerDb> unit, RunTable table)
{
    public Guid RunId => run;

    public Task<T> Run<T>(Func<Work, ReconciliationRun, Task<T>> body) => unit.Run(async work =>
    {
        var held = (await work.Lock<ReconciliationRun, Guid>([run])).Single();
        return held.Lease == holder && held.Active == true ? await body(work, held) : throw new LeaseLost(run);
    });

    public Task Run(Func<Work, ReconciliationRun, Task> body) => Run(async (work, held) =>
    {
        await body(work, held);
        return true;
    });

    /// <summary>Shows that the holder lives; false when the lease has gone to another.</summary>
    public Task<bool> Extend() => table.Extend(run, holder);

    /// <summary>Gives the run to whoever comes first.</summary>
    public Task Release() => table.Release(run, holder);
}

sealed class LeaseLost(Guid run) : Exception($"Run {run} was taken over by another process.");
