using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;

namespace OrderSaga.Inventory;

/// <summary>
/// The rule of the stock branch (Try / Confirm / Cancel): (branch, message, levels) -> outcome. Pure, and independent of time: a hold ends
/// only when the saga ends it. A duplicate gets the first answer again, because that answer may have been lost.
/// </summary>
static class StockRule
{
    public const string SoldOut = "sold out";
    public const string UnknownSku = "unknown sku";
    public const string CancelledBeforeTried = "cancelled before tried";

    /// <summary>Refused to the sender, without an operator: a negative quantity would create stock.</summary>
    public const string UnusableLines = "the lines are not usable";

    public static Outcome Try(Branch? branch, TryReserveStock message, IReadOnlyDictionary<string, StockLevel> levels) => branch?.State switch
    {
        null => Reserve(message, levels),
        BranchState.Tried or BranchState.Refused or BranchState.Confirmed => new Outcome.Repeat(branch.Answer!.For(message.OrderId)),
        _ => new Outcome.Repeat(new StockRejected(message.OrderId, CancelledBeforeTried, [])),
    };

    public static Outcome Confirm(Branch? branch, ConfirmStock message) => branch?.State switch
    {
        BranchState.Tried => new StockStep(BranchState.Confirmed, Move.Sell, branch.Lines, new StockConfirmed(message.OrderId)),
        BranchState.Confirmed => new Outcome.Repeat(new StockConfirmed(message.OrderId)),
        // The Cancel came first. Only a saga that still expects the goods treats this answer as an error, and raises the alarm itself.
        BranchState.Cancelled => new Outcome.Repeat(new StockCancelled(message.OrderId)),
        null => new Outcome.Violation("Confirm without a Try: nothing is held for the order"),
        _ => new Outcome.Violation($"Confirm of a branch that is {branch.State}: nothing is held for the order"),
    };

    public static Outcome Cancel(Branch? branch, CancelStock message) => branch?.State switch
    {
        // A tombstone: without it, a Try that arrives after its Cancel would hold stock for a cancelled order.
        null => new StockStep(BranchState.Cancelled, Move.None, [], new StockCancelled(message.OrderId)),
        BranchState.Tried => new StockStep(BranchState.Cancelled, Move.Release, branch.Lines, new StockCancelled(message.OrderId)),
        BranchState.Refused => new StockStep(BranchState.Cancelled, Move.None, branch.Lines, new StockCancelled(message.OrderId)),
        // Only a cancelled order has its branch cancelled: its sale was requested earlier, and is returned now.
        BranchState.Confirmed => new StockStep(BranchState.Cancelled, Move.Return, branch.Lines, new StockCancelled(message.OrderId)),
        _ => new Outcome.Repeat(new StockCancelled(message.OrderId)),
    };

    /// <summary>All lines or none: orders are not shipped in part.</summary>
    static StockStep Reserve(TryReserveStock message, IReadOnlyDictionary<string, StockLevel> levels)
    {
        if (!FieldRules.AreLines(message.Lines))
            return new StockStep(BranchState.Refused, Move.None, [], new StockRejected(message.OrderId, UnusableLines, []));

        var missing = message.Lines.Where(line => Available(line.Sku, levels) < line.Quantity)
            .Select(line => new RejectedLine(line.Sku, line.Quantity, (int)Available(line.Sku, levels))).ToList();
        if (missing.Count == 0)
            return new StockStep(BranchState.Tried, Move.Hold, message.Lines, new StockReserved(message.OrderId));

        var reason = missing.Exists(line => !levels.ContainsKey(line.Sku)) ? UnknownSku : SoldOut;
        return new StockStep(BranchState.Refused, Move.None, message.Lines, new StockRejected(message.OrderId, reason, missing));
    }

    static long Available(string sku, IReadOnlyDictionary<string, StockLevel> levels) => levels.TryGetValue(sku, out var level) ? level.Available : 0;
}

/// <summary>The branch changes its state, the lines' pieces move, and the answer is sent.</summary>
sealed record StockStep(BranchState To, Move Move, IReadOnlyList<OrderLine> Lines, object? Answer)
    : Outcome.Step<BranchState>(To, Answer, Describe(Move, Lines, Answer))
{
    static string? Describe(Move move, IReadOnlyList<OrderLine> lines, object? answer)
    {
        var what = move switch
        {
            Move.Hold => "available -> held: ",
            Move.Sell => "held -> sold: ",
            Move.Release => "held -> available: ",
            Move.Return => "sold -> available, returned: ",
            _ => answer is StockRejected no ? no.Reason + ": " : null,
        };
        return what is null ? null : (what + Shorten(lines)).TrimEnd(' ', ':');
    }

    /// <summary>The audit shows only the first lines; the branch's row has all.</summary>
    static string Shorten(IReadOnlyList<OrderLine> lines)
    {
        const int Shown = 5;
        var text = string.Join(", ", lines.Take(Shown).Select(line => $"{line.Sku} x {line.Quantity}"));
        return lines.Count > Shown ? $"{text} and {lines.Count - Shown} more" : text;
    }
}

/// <summary>How the pieces of a branch's lines move.</summary>
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
