using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

/// <summary>
/// The stock branch's rule, the fence of Try / Confirm / Cancel: (branch, message, levels) -> outcome. It changes nothing and
/// reads no clock: no answer depends on time, because a hold ends when the saga ends it, never early by itself.
/// A duplicate gets the first answer again, since that answer may have been lost.
/// </summary>
static class Stock
{
    public const string SoldOut = "sold out";
    public const string UnknownSku = "unknown sku";
    public const string CancelledBeforeTried = "cancelled before tried";

    /// <summary>Their sender gets the refusal, no operator is needed: a negative quantity would make stock out of nothing.</summary>
    public const string UnusableLines = "the lines are not usable";

    public static Outcome Try(Branch? branch, TryReserveStock message, IReadOnlyDictionary<string, StockLevel> levels) => branch?.State switch
    {
        null => Reserve(message, levels),
        BranchState.Tried or BranchState.Refused or BranchState.Confirmed => new Outcome.Repeat(branch.Answer!.For(message.OrderId)),
        _ => new Outcome.Repeat(new StockRejected(message.OrderId, CancelledBeforeTried, [])),
    };

    public static Outcome Confirm(Branch? branch, ConfirmStock message) => branch?.State switch
    {
        BranchState.Tried => new Outcome.Step(BranchState.Confirmed, Move.Sell, branch.Lines, new StockConfirmed(message.OrderId)),
        BranchState.Confirmed => new Outcome.Repeat(new StockConfirmed(message.OrderId)),
        // The Cancel has overtaken it. Only a saga that still expects the goods is surprised by this answer, and raises the alarm itself.
        BranchState.Cancelled => new Outcome.Repeat(new StockCancelled(message.OrderId)),
        null => new Outcome.Violation("Confirm without a Try: nothing is held for the order"),
        _ => new Outcome.Violation($"Confirm of a branch that is {branch.State}: nothing is held for the order"),
    };

    public static Outcome Cancel(Branch? branch, CancelStock message) => branch?.State switch
    {
        // The tombstone: a Try that was overtaken must find that it is too late, or its hold would outlive the order.
        null => new Outcome.Step(BranchState.Cancelled, Move.None, [], new StockCancelled(message.OrderId)),
        BranchState.Tried => new Outcome.Step(BranchState.Cancelled, Move.Release, branch.Lines, new StockCancelled(message.OrderId)),
        BranchState.Refused => new Outcome.Step(BranchState.Cancelled, Move.None, branch.Lines, new StockCancelled(message.OrderId)),
        // Only an order that is being cancelled has its branch cancelled: its sale had been asked for before, and is returned.
        BranchState.Confirmed => new Outcome.Step(BranchState.Cancelled, Move.Return, branch.Lines, new StockCancelled(message.OrderId)),
        _ => new Outcome.Repeat(new StockCancelled(message.OrderId)),
    };

    /// <summary>All lines or none: an order is not shipped in part.</summary>
    static Outcome.Step Reserve(TryReserveStock message, IReadOnlyDictionary<string, StockLevel> levels)
    {
        if (!FieldRules.AreLines(message.Lines))
            return new Outcome.Step(BranchState.Refused, Move.None, [], new StockRejected(message.OrderId, UnusableLines, []));

        var missing = message.Lines.Where(line => Available(line.Sku, levels) < line.Quantity)
            .Select(line => new RejectedLine(line.Sku, line.Quantity, (int)Available(line.Sku, levels))).ToList();
        if (missing.Count == 0)
            return new Outcome.Step(BranchState.Tried, Move.Hold, message.Lines, new StockReserved(message.OrderId));

        var reason = missing.Exists(line => !levels.ContainsKey(line.Sku)) ? UnknownSku : SoldOut;
        return new Outcome.Step(BranchState.Refused, Move.None, message.Lines, new StockRejected(message.OrderId, reason, missing));
    }

    static long Available(string sku, IReadOnlyDictionary<string, StockLevel> levels) => levels.TryGetValue(sku, out var level) ? level.Available : 0;
}

/// <summary>What one message does.</summary>
abstract record Outcome
{
    /// <summary>The branch takes a step; the lines' pieces move; this is its answer.</summary>
    public sealed record Step(BranchState To, Move Move, IReadOnlyList<OrderLine> Lines, IOrderMessage Answer) : Outcome;

    /// <summary>It was done before: the same answer again, no effect.</summary>
    public sealed record Repeat(IOrderMessage Answer) : Outcome;

    /// <summary>A saga that keeps its own order never sends this: no effect, no answer, an alarm.</summary>
    public sealed record Violation(string Rule) : Outcome;
}

/// <summary>Where the pieces of a branch's lines go.</summary>
enum Move
{
    None,

    /// <summary>available -> held</summary>
    Hold,

    /// <summary>held -> sold</summary>
    Sell,

    /// <summary>held -> available</summary>
    Release,

    /// <summary>sold -> available</summary>
    Return,
}
