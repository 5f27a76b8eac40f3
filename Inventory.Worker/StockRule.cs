using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;

namespace OrderSaga.Inventory;

/// <summary>
/// The rule of the stock branch (Try / Confirm / Cancel): (branch, message, levels) -> outcome. Pure, and independent of time: only a
/// Confirm or a Cancel ends a hold. A duplicate gets the first answer again, because that answer may have been lost. After a Cancel every
/// Try is rejected.
/// </summary>
static class StockRule
{
    public const string SoldOut = "sold out";
    public const string UnknownSku = "unknown sku";
    public const string AlreadyCancelled = "already cancelled";

    /// <summary>
    /// Answer to invalid lines, such as a negative quantity, which would create stock. It is an answer, not a failed message: no operator is
    /// needed.
    /// </summary>
    public const string UnusableLines = "the lines are not usable";

    public static Outcome Try(Branch? branch, TryReserveStock message, IReadOnlyDictionary<string, StockLevel> levels) => branch?.State switch
    {
        null => Reserve(message, levels),
        BranchState.Tried or BranchState.Refused or BranchState.Confirmed => new Outcome.Repeat(branch.Answer!.For(message.OrderId)),
        _ => new Outcome.Repeat(new StockRejected(message.OrderId, AlreadyCancelled, [])),
    };

    public static Outcome Confirm(Branch? branch, ConfirmStock message) => branch?.State switch
    {
        BranchState.Tried => new StockStep(BranchState.Confirmed, StockMove.Sell, branch.Lines, new StockConfirmed(message.OrderId)),
        BranchState.Confirmed => new Outcome.Repeat(new StockConfirmed(message.OrderId)),
        // A Cancel came before. The order's state decides what this answer means: in Cancelling it is the release, in Cancelled it is ignored. If
        // the order still needs the goods, it is stored as failed.
        BranchState.Cancelled => new Outcome.Repeat(new StockCancelled(message.OrderId)),
        null => new Outcome.Violation("Confirm without a Try: nothing is held for the order"),
        _ => new Outcome.Violation($"Confirm of a branch that is {branch.State}: nothing is held for the order"),
    };

    public static Outcome Cancel(Branch? branch, CancelStock message) => branch?.State switch
    {
        // A tombstone: without it, a Try that arrives after its Cancel would hold stock for a cancelled order.
        null => new StockStep(BranchState.Cancelled, StockMove.None, [], new StockCancelled(message.OrderId)),
        BranchState.Tried => new StockStep(BranchState.Cancelled, StockMove.Release, branch.Lines, new StockCancelled(message.OrderId)),
        BranchState.Refused => new StockStep(BranchState.Cancelled, StockMove.None, branch.Lines, new StockCancelled(message.OrderId)),
        // The order was cancelled after its sale was requested: the goods are returned.
        BranchState.Confirmed => new StockStep(BranchState.Cancelled, StockMove.Return, branch.Lines, new StockCancelled(message.OrderId)),
        _ => new Outcome.Repeat(new StockCancelled(message.OrderId)),
    };

    /// <summary>All lines or none: orders are not shipped in part.</summary>
    static StockStep Reserve(TryReserveStock message, IReadOnlyDictionary<string, StockLevel> levels)
    {
        if (!FieldRules.AreLines(message.Lines))
            return new StockStep(BranchState.Refused, StockMove.None, [], new StockRejected(message.OrderId, UnusableLines, []));

        var missing = message.Lines.Where(line => Available(line.Sku, levels) < line.Quantity)
            .Select(line => new RejectedLine(line.Sku, line.Quantity, (int)Available(line.Sku, levels))).ToList();
        if (missing.Count == 0)
            return new StockStep(BranchState.Tried, StockMove.Hold, message.Lines, new StockReserved(message.OrderId));

        var reason = missing.Exists(line => !levels.ContainsKey(line.Sku)) ? UnknownSku : SoldOut;
        return new StockStep(BranchState.Refused, StockMove.None, message.Lines, new StockRejected(message.OrderId, reason, missing));
    }

    static long Available(string sku, IReadOnlyDictionary<string, StockLevel> levels) => levels.TryGetValue(sku, out var level) ? level.Available : 0;
}

/// <summary>The branch changes its state, the lines' pieces move, and the answer is sent.</summary>
sealed record StockStep(BranchState To, StockMove Move, IReadOnlyList<OrderLine> Lines, object? Answer)
    : Outcome.Step<BranchState>(To, Answer, Describe(Move, Lines, Answer))
{
    static string? Describe(StockMove move, IReadOnlyList<OrderLine> lines, object? answer)
    {
        var prefix = move switch
        {
            StockMove.Hold => "available -> held: ",
            StockMove.Sell => "held -> sold: ",
            StockMove.Release => "held -> available: ",
            StockMove.Return => "sold -> available, returned: ",
            _ => answer is StockRejected rejected ? rejected.Reason + ": " : null,
        };
        return prefix is null ? null : (prefix + Shorten(lines)).TrimEnd(' ', ':');
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
enum StockMove
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
