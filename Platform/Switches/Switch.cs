using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

/// <summary>The version in force of one switch, and the proposal that waits for a second person. No row: the switch was never set.</summary>
public sealed class Switch : IVersioned
{
    const int MaxNameLength = 20;
    const int MaxByLength = 64;

    public required string Name { get; set; }

    /// <summary><see cref="SwitchVersion.Number"/> of the version in force; 0: none, the default.</summary>
    public long InForce { get; set; }

    public string? ProposedRules { get; set; }
    public string? ProposedBy { get; set; }
    public string? ProposedReason { get; set; }
    public DateTime? ProposedAt { get; set; }
    public DateTime UpdatedAt { get; set; }

    /// <summary>Changes with the version in force and with the proposal: its entity tag.</summary>
    public long Version { get; set; }

    /// <summary>Maps the tables of the switches.</summary>
    public static void Map(ModelBuilder model)
    {
        Map(model.Entity<Switch>());
        SwitchVersion.Map(model.Entity<SwitchVersion>());
    }

    static void Map(EntityTypeBuilder<Switch> row)
    {
        row.ToTable("switches");
        row.HasKey(x => x.Name);
        row.Property(x => x.Name).HasColumnName("name").HasMaxLength(MaxNameLength);
        row.Property(x => x.InForce).HasColumnName("in_force");
        row.Property(x => x.ProposedRules).HasColumnName("proposed_rules");
        row.Property(x => x.ProposedBy).HasColumnName("proposed_by").HasMaxLength(MaxByLength);
        row.Property(x => x.ProposedReason).HasColumnName("proposed_reason").HasMaxLength(OperatorReason.MaxLength);
        row.Property(x => x.ProposedAt).HasColumnName("proposed_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
    }
}

/// <summary>One version of a switch's rules. Never changed or deleted, so that every decision can be made again.</summary>
public sealed class SwitchVersion
{
    /// <summary>Rises over all switches of the database: one number names the rules of all of them at one moment.</summary>
    public long Number { get; set; }

    public required string Name { get; set; }

    /// <summary>Every subject gets the default.</summary>
    public bool Killed { get; set; }

    /// <summary>JSON: a list of <see cref="SwitchRule"/>.</summary>
    public required string Rules { get; set; }

    /// <summary>Name of the API key that proposed it, or of the job that killed it.</summary>
    public required string By { get; set; }

    /// <summary>Name of the API key that approved it; null: it needed no second person.</summary>
    public string? ApprovedBy { get; set; }

    public required string Reason { get; set; }
    public DateTime At { get; set; }

    internal static void Map(EntityTypeBuilder<SwitchVersion> row)
    {
        row.ToTable("switch_versions");
        row.HasKey(x => x.Number);
        row.Property(x => x.Number).HasColumnName("number").ValueGeneratedNever();
        row.Property(x => x.Name).HasColumnName("name").HasMaxLength(20);
        row.Property(x => x.Killed).HasColumnName("killed");
        row.Property(x => x.Rules).HasColumnName("rules");
        row.Property(x => x.By).HasColumnName("by_key").HasMaxLength(Actor.MaxLength);
        row.Property(x => x.ApprovedBy).HasColumnName("approved_by").HasMaxLength(Actor.MaxLength);
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(OperatorReason.MaxLength);
        row.Property(x => x.At).HasColumnName("at");
        row.HasIndex(x => new { x.Name, x.Number });
    }
}
