using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Participants;

/// <summary>
/// The states of a branch whose participant answers at once, such as stock. Payments.Worker has a BranchState of its own. Stored as text.
/// </summary>
public enum BranchState
{
    /// <summary>The Try succeeded; the participant holds what was requested.</summary>
    Tried,

    /// <summary>The Try was refused; nothing is held.</summary>
    Refused,

    /// <summary>The Confirm made the hold final.</summary>
    Confirmed,

    /// <summary>Nothing is held, and a later Try is refused.</summary>
    Cancelled,
}

/// <summary>A participant's one row for one order; kept as long as the order, so that duplicates are recognized.</summary>
public abstract class BranchRow
{
    public Guid OrderId { get; init; }

    /// <summary>UTC; time of the first command.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>UTC; time of the last step.</summary>
    public DateTime UpdatedAt { get; protected set; }

    /// <summary>The lane of the last command: answers that come later, such as a gateway's, go there.</summary>
    public string Lane { get; set; } = Common.Lane.Main;
}

/// <summary>A branch with its states and the steps that change it.</summary>
public abstract class BranchRow<TState, TStep> : BranchRow where TState : struct, Enum where TStep : Outcome.Step<TState>
{
    public TState State { get; protected set; }

    public void Transition(TStep step, DateTime now)
    {
        (State, UpdatedAt) = (step.To, now);
        Apply(step);
    }

    /// <summary>Changes the participant's own columns.</summary>
    protected abstract void Apply(TStep step);

    /// <summary>Maps the table and the columns that all branches have.</summary>
    protected static void Map<TBranch>(EntityTypeBuilder<TBranch> row, string table) where TBranch : BranchRow<TState, TStep>
    {
        var states = string.Join(", ", Enum.GetNames<TState>().Select(name => $"'{name}'"));
        row.ToTable(table, check => check.HasCheckConstraint($"ck_{table}_state", $"state IN ({states})"));
        row.HasKey(x => x.OrderId);
        row.Property(x => x.OrderId).HasColumnName("order_id").ValueGeneratedNever();
        row.Property(x => x.State).HasColumnName("state").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.Property(x => x.Lane).HasColumnName("lane").HasMaxLength(20).HasDefaultValue(Common.Lane.Main);
        row.HasIndex(x => x.UpdatedAt);
    }
}
