using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>
/// The right to execute one run. In every transaction of the run <see cref="Run{T}"/> locks the run's row and checks the lease. So a process
/// that was paused until its lease ended cannot change anything.
/// </summary>
sealed class RunLease(Guid run, Guid holder, UnitOfWork<ReconcilerDb> unitOfWork, RunTable table)
{
    public Guid RunId => run;

    public Task<T> Run<T>(Func<UnitOfWorkContext, ReconciliationRun, Task<T>> body) => unitOfWork.Run(async work =>
    {
        var held = (await work.Lock<ReconciliationRun, Guid>([run])).Single();
        return held.Lease == holder && held.Active == true ? await body(work, held) : throw new LeaseLostException(run);
    });

    public Task Run(Func<UnitOfWorkContext, ReconciliationRun, Task> body) => Run(async (work, held) =>
    {
        await body(work, held);
        return true;
    });

    public Task Run(Action<UnitOfWorkContext, ReconciliationRun> body) => Run((work, held) =>
    {
        body(work, held);
        return Task.CompletedTask;
    });

    /// <summary>Renews the lease; false if another process holds it.</summary>
    public Task<bool> Extend() => table.Extend(run, holder);

    /// <summary>Releases the run for any process.</summary>
    public Task Release() => table.Release(run, holder);
}

sealed class LeaseLostException(Guid run) : Exception($"Run {run} was taken over by another process.");
