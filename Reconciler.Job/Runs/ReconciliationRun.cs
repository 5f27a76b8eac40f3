using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Which orders a run compares. Stored as text.</summary>
enum RunKind
{
    /// <summary>All orders that are not in flight.</summary>
    Full,

    /// <summary>Orders changed since the last completed full or rolling run.</summary>
    Rolling,

    /// <summary>One order.</summary>
    Order,
}

/// <summary>Current step of a run; another process continues from it after a crash. Stored as text.</summary>
enum RunState
{
    /// <summary>Imports the gateway's settlement files.</summary>
    Importing,

    /// <summary>Compares the ledgers order by order, then checks what belongs to no order.</summary>
    Merging,

    /// <summary>Repairs what is safe, and opens cases for the rest.</summary>
    Compensating,

    /// <summary>Waits for the effect of the repairs, then computes the sums.</summary>
    Reporting,

    Completed,
    Failed,

    /// <summary>A replica's lag was too large: nothing was judged or changed.</summary>
    NotJudged,
}

/// <summary>
/// One reconciliation. At most one is in progress per installation: <see cref="Active"/> is unique. The process that executes it holds a
/// lease by the database's clock. After the end of the lease another process continues the run at its checkpoint.
/// </summary>
sealed class ReconciliationRun
{
    public Guid Id { get; init; }
    public RunKind Kind { get; init; }

    /// <summary>Settlement day of the run and its report.</summary>
    public DateOnly Day { get; init; }

    public Guid? OrderId { get; init; }

    /// <summary>Reports only: no repairs and no cases.</summary>
    public bool DryRun { get; init; }

    /// <summary>An operator's key, the schedule, or the command line.</summary>
    [MaxLength(100)] public required string RequestedBy { get; init; }

    /// <summary>UTC; scheduled time: unique, so that the processes of a cluster start it once.</summary>
    public DateTime? ScheduledFor { get; set; }

    /// <summary>UTC. Later changes are in flight and left out.</summary>
    public DateTime Until { get; init; }

    /// <summary>UTC. A rolling run compares orders changed at this time or later.</summary>
    public DateTime? Since { get; init; }

    public RunState State { get; set; }

    /// <summary>True while the run is in progress, otherwise null.</summary>
    public bool? Active { get; set; }

    /// <summary>Id of the lease; each takeover makes a new one.</summary>
    public Guid? Lease { get; set; }

    /// <summary>End of the lease by the database's clock.</summary>
    public DateTime LeaseUntil { get; set; }

    /// <summary>How often another process took the run over.</summary>
    public int Resumed { get; set; }

    /// <summary>All orders up to this id are compared and their findings stored.</summary>
    public Guid? Checkpoint { get; set; }

    public DateTime CreatedAt { get; init; }
    public DateTime? FinishedAt { get; set; }

    /// <summary>Orders compared so far.</summary>
    public long Orders { get; set; }

    /// <summary>Estimated number of orders, for the progress.</summary>
    public long OrdersExpected { get; set; }

    /// <summary>New findings: not those with an open case or a repair in progress, and not those that are gone or accepted.</summary>
    public int Found { get; set; }

    /// <summary>Findings that already had an open case or a repair in progress.</summary>
    public int Known { get; set; }

    /// <summary>Repairs sent.</summary>
    public int Repaired { get; set; }

    /// <summary>Cases opened.</summary>
    public int Cases { get; set; }

    /// <summary>The conservation sums as JSON, once the run has reported.</summary>
    public string? Conservation { get; set; }

    /// <summary>Why it failed or judged nothing.</summary>
    [MaxLength(ErrorLength)] public string? Error { get; set; }

    internal const int ErrorLength = 2000;

    /// <summary>Moves to the next step, with an audit row.</summary>
    public void MoveTo(UnitOfWorkContext work, RunState to)
    {
        work.Audit("reconciliation run", Id.ToString(), State.ToString(), to.ToString(), RequestedBy, Error?[..Math.Min(Error.Length, 500)]);
        State = to;
    }

    /// <summary>The last step; another run may start.</summary>
    public void End(UnitOfWorkContext work, RunState to, TimeProvider clock)
    {
        MoveTo(work, to);
        Active = null;
        FinishedAt = clock.GetUtcNow().UtcDateTime;
    }

    /// <summary>The last step of a run whose data was too old. Frees its scheduled time, so that the run is repeated later.</summary>
    public void EndNotJudged(UnitOfWorkContext work, string why, TimeProvider clock)
    {
        (Error, ScheduledFor) = (why, null);
        End(work, RunState.NotJudged, clock);
    }

    internal static void Map(EntityTypeBuilder<ReconciliationRun> row)
    {
        row.ToTable("reconciliation_runs");
        row.Property(x => x.Checkpoint).HasColumnName("checkpoint_order_id");
        row.HasIndex(x => x.Active).IsUnique().HasFilter("active IS NOT NULL").HasDatabaseName("ux_reconciliation_runs_active");
        row.HasIndex(x => new { x.Kind, x.ScheduledFor }).IsUnique().HasFilter("scheduled_for IS NOT NULL")
            .HasDatabaseName("ux_reconciliation_runs_scheduled_for");
        row.HasIndex(x => new { x.CreatedAt, x.Id }).HasDatabaseName("ix_reconciliation_runs_created_at");
    }
}
