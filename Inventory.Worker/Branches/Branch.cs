using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;

namespace OrderSaga.Inventory;

/// <summary>The stock branch of one order.</summary>
sealed class Branch : BranchRow<BranchState, StockStep>
{
    /// <summary>Answer to the Try; null if the Cancel came first.</summary>
    public StoredAnswer? Answer { get; private set; }

    /// <summary>Lines of the Try; held while Tried, sold once Confirmed.</summary>
    public IReadOnlyList<OrderLine> Lines { get; private set; } = [];

    protected override void Apply(StockStep step)
    {
        if (step.To is BranchState.Tried or BranchState.Refused)
            Answer = StoredAnswer.Of(step.Answer);
        Lines = step.Lines;
    }

    internal static void Map(EntityTypeBuilder<Branch> row)
    {
        Map(row, "stock_branches");
        row.Property(x => x.Answer).HasColumnName("answer").HasConversion(
            answer => JsonSerializer.Serialize(answer, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<StoredAnswer>(json, JsonSerializerOptions.Web),
            AsReference<StoredAnswer?>());
        row.Property(x => x.Lines).HasColumnName("lines").HasConversion(
            lines => JsonSerializer.Serialize(lines, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<List<OrderLine>>(json, JsonSerializerOptions.Web)!,
            AsReference<IReadOnlyList<OrderLine>>());
    }

    /// <summary>The value is replaced as a whole, never changed in place: EF Core need not compare it member by member, or copy it.</summary>
    static ValueComparer<T> AsReference<T>() =>
        new((one, other) => ReferenceEquals(one, other), value => value == null ? 0 : value.GetHashCode(), value => value);
}

/// <summary>The stored first answer to a Try.</summary>
/// <param name="Message"><c>StockReserved</c> or <c>StockRejected</c>.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="Lines">The lines that could not be reserved.</param>
sealed record StoredAnswer(string Message, string? Reason = null, IReadOnlyList<RejectedLine>? Lines = null)
{
    public static StoredAnswer Of(object? answer) => answer is StockRejected rejected
        ? new StoredAnswer(nameof(StockRejected), rejected.Reason, rejected.Lines)
        : new StoredAnswer(nameof(StockReserved));

    public IOrderMessage For(Guid orderId) => Message == nameof(StockRejected)
        ? new StockRejected(orderId, Reason ?? "", Lines ?? [])
        : new StockReserved(orderId);
}
