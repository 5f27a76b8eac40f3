using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Reconciler.Job;

/// <summary>State of a repair. Stored as text.</summary>
enum RepairState
{
    /// <summary>The command is in transit, or its effect is not visible yet.</summary>
    Sent,

    /// <summary>The ledgers agree.</summary>
    Repaired,

    /// <summary>A later run found the same difference again: a case was opened.</summary>
    Failed,
}

/// <summary>A command sent to make the ledgers agree, with its cause and its effect.</summary>
sealed class Repair
{
    public Guid Id { get; init; }
    public Guid RunId { get; init; }

    /// <summary>The finding's key; with the run it identifies the finding.</summary>
    public required string Key { get; init; }

    [MaxLength(60)] public required string Class { get; init; }
    public Guid OrderId { get; init; }
    public Remedy Remedy { get; init; }
    public long Amount { get; init; }
    [MaxLength(3)] public string? Currency { get; init; }

    /// <summary>The schedule, or the operator who sent it again.</summary>
    [MaxLength(100)] public required string RequestedBy { get; init; }

    public DateTime SentAt { get; init; }
    public RepairState State { get; set; }
    public DateTime? CheckedAt { get; set; }

    /// <summary>The order in all ledgers right before the command, as JSON.</summary>
    public required string Before { get; init; }

    /// <summary>The order once the ledgers agreed.</summary>
    public string? After { get; set; }

    internal static void Map(EntityTypeBuilder<Repair> row, string ordinal)
    {
        row.ToTable("repairs");
        row.Property(x => x.Key).HasColumnName("finding_key").HasMaxLength(Difference.KeyLength).UseCollation(ordinal);
        row.Property(x => x.Before).HasColumnName("snapshot_before");
        row.Property(x => x.After).HasColumnName("snapshot_after");
        row.HasIndex(x => new { x.RunId, x.Id }).HasDatabaseName("ix_repairs_run");
        row.HasIndex(x => new { x.Key, x.State }).HasDatabaseName("ix_repairs_key");
        row.HasIndex(x => x.State).HasDatabaseName("ix_repairs_state");
        row.HasIndex(x => x.OrderId).HasDatabaseName("ix_repairs_order_id");
        row.HasIndex(x => x.CheckedAt).HasDatabaseName("ix_repairs_checked_at");
    }
}
