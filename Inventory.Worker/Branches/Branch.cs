using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

/// <summary>Stored as text.</summary>
enum BranchState
{
    /// <summary>The lines are held.</summary>
    Tried,

    /// <summary>The Try was refused; nothing is held.</summary>
    Refused,

    /// <summary>The lines are sold.</summary>
    Confirmed,

    /// <summary>Nothing is held, and a later Try is refused.</summary>
    Cancelled,
}

/// <summary>The stock branch of one order; kept as long as the order, so that duplicates are recognized.</summary>
sealed class Branch
{
    public Guid OrderId { get; init; }
    public BranchState State { get; private set; }

    /// <summary>Answer to the Try; null if the Cancel came first.</summary>
    public StoredAnswer? Answer { get; private set; }

    /// <summary>Lines of the Try; held while Tried, sold once Confirmed.</summary>
    public IReadOnlyList<OrderLine> Lines { get; private set; } = [];

    public DateTime CreatedAt { get; init; }
    public DateTime UpdatedAt { get; private set; }

    public void Transition(Outcome.Step step, DateTime now)
    {
        if (step.To is BranchState.Tried or BranchState.Refused)
            Answer = StoredAnswer.Of(step.Answer);
        State = step.To;
        Lines = step.Lines;
        UpdatedAt = now;
    }

    internal static void Map(EntityTypeBuilder<Branch> row)
    {
        row.ToTable("stock_branches", table =>
            table.HasCheckConstraint("ck_stock_branches_state", "state IN ('Tried', 'Refused', 'Confirmed', 'Cancelled')"));
        row.HasKey(x => x.OrderId);
        row.Property(x => x.OrderId).HasColumnName("order_id").ValueGeneratedNever();
        row.Property(x => x.State).HasColumnName("state").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.Answer).HasColumnName("answer").HasConversion(
            answer => JsonSerializer.Serialize(answer, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<StoredAnswer>(json, JsonSerializerOptions.Web),
            AsReference<StoredAnswer?>());
        row.Property(x => x.Lines).HasColumnName("lines").HasConversion(
            lines => JsonSerializer.Serialize(lines, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<List<OrderLine>>(json, JsonSerializerOptions.Web)!,
            AsReference<IReadOnlyList<OrderLine>>());
        row.Property(x => x.CreatedAt).HasColumnName("created_at");
        row.Property(x => x.UpdatedAt).HasColumnName("updated_at");
        row.HasIndex(x => x.UpdatedAt);
    }

    /// <summary>The value is replaced as a whole, never changed in place: no deep comparison or snapshot copy.</summary>
    static ValueComparer<T> AsReference<T>() =>
        new((one, other) => ReferenceEquals(one, other), value => value == null ? 0 : value.GetHashCode(), value => value);
}

/// <summary>The stored first answer to a Try.</summary>
/// <param name="Message"><c>StockReserved</c> or <c>StockRejected</c>.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Lines">The lines that could not be reserved.</param>
sealed record StoredAnswer(string Message, string? Reason = null, IReadOnlyList<RejectedLine>? Lines = null)
{
    public static StoredAnswer Of(IOrderMessage answer) => answer is StockRejected no
        ? new StoredAnswer(nameof(StockRejected), no.Reason, no.Lines)
        : new StoredAnswer(nameof(StockReserved));

    public IOrderMessage For(Guid orderId) => Message == nameof(StockRejected)
        ? new StockRejected(orderId, Reason ?? "", Lines ?? [])
        : new StockReserved(orderId);
}
