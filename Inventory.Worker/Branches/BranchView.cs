using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

/// <summary>State of an order's stock branch, for callers whose messages were lost.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Branch">Always <c>stock</c>.</param>
/// <param name="State">Tried (held), Refused, Confirmed (sold) or Cancelled.</param>
/// <param name="Reason">Why the Try was refused.</param>
/// <param name="Rejected">The lines that could not be reserved.</param>
/// <param name="Lines">Lines of the Try; empty if the Cancel came first or the lines could not be used.</param>
/// <param name="CreatedAt">UTC; time of the first command.</param>
/// <param name="UpdatedAt">UTC; time of the last change.</param>
sealed record BranchView(
    Guid OrderId, string Branch, string State, string? Reason, IReadOnlyList<RejectedLine>? Rejected, IReadOnlyList<OrderLine> Lines,
    DateTime CreatedAt, DateTime UpdatedAt)
{
    public static readonly DateTime ExampleTime = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static readonly BranchView Example = new(
        Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000"), "stock", "Tried", null, null, [new OrderLine("tea-001", 2)], ExampleTime, ExampleTime);

    public static BranchView Of(Branch branch) => new(
        branch.OrderId, "stock", branch.State.ToString(), branch.Answer?.Reason, branch.Answer?.Lines, branch.Lines, branch.CreatedAt, branch.UpdatedAt);
}
