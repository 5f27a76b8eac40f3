using Orders.Model;
using static Reconciler.Job.BranchStates;

namespace Reconciler.Job;

/// <summary>How orders are judged.</summary>
/// <param name="Until">UTC. Orders changed later are in flight: only what holds at every moment is checked.</param>
/// <param name="AtRest">Nothing is in flight: every order must be final.</param>
/// <param name="PayMargin">How long after its deadline a payment made in time may still be captured.</param>
sealed record Terms(DateTime Until, bool AtRest, TimeSpan PayMargin)
{
    public bool Settled(OrderBook book) => AtRest || book.MovedAt <= Until;
}

/// <summary>The invariants; docs/runbook.md explains each violation. Pure: ledgers in, violations out.</summary>
static class Invariants
{
    static readonly string[] Nothing = [Absent, Refused, Cancelled];

    public static IEnumerable<Breach> Of(OrderBook book, Terms terms)
    {
        var always = Key(book).Concat(Captures(book)).Concat(AuditTrail.Of(book)).Concat(TimeToPay.Of(book, terms));
        if (!terms.Settled(book))
            return always;
        return book.Ended || !book.Story.Known ? always.Concat(Kept(book)).Concat(Branches(book)).Concat(Open(book)) : always.Concat(End(book, terms));
    }

    /// <summary>I1: no oversell; held equals the sum of the holds. I2: stock is conserved.</summary>
    public static IEnumerable<Breach> Of(SkuBalance sku)
    {
        if (sku.Available < 0 || sku.Held < 0 || sku.Sold < 0)
            yield return new Breach("I1", sku.Sku, $"is below zero: available {sku.Available}, held {sku.Held}, sold {sku.Sold}");
        if (sku.Held != sku.HeldByOrders || sku.Sold != sku.SoldToOrders)
            yield return new Breach("I1", sku.Sku,
                $"has held {sku.Held} and sold {sku.Sold}; the branches of orders hold {sku.HeldByOrders} and have sold {sku.SoldToOrders}");
        if (sku.Received != sku.Available + sku.Held + sku.Sold || sku.Received != sku.Receipts)
            yield return new Breach("I2", sku.Sku,
                $"has received {sku.Received}: available {sku.Available} + held {sku.Held} + sold {sku.Sold}; its receipts add up to {sku.Receipts}");
    }

    /// <summary>I5 and I7 for gateway operations without an order.</summary>
    public static IEnumerable<Breach> OfNobody(string reference, IReadOnlyList<GatewayRow> rows)
    {
        if (Sum(rows) is not 0 and var kept)
            yield return new Breach("I5", reference, $"is not an order here, but the gateway keeps {kept}");
        foreach (var open in OpenAuthorizations(rows))
            yield return new Breach("I7", reference, $"is not an order here; {open}");
    }

    /// <summary>I4: one order per merchant and key. The record's id is unique and is derived from both.</summary>
    static IEnumerable<Breach> Key(OrderBook book)
    {
        if (book is { Story.Order: { } order, Placement: { } placement }
            && placement.Stored != new KeyEntry(IdempotencyRecord.IdOf(order.Merchant, placement.Key), order.Merchant, placement.Key))
            yield return new Breach("I4", $"{book.Id}", $"is not the order placed by its key '{placement.Key}' of {order.Merchant}");
    }

    /// <summary>I5, by the gateway's own ledger: at most one capture.</summary>
    static IEnumerable<Breach> Captures(OrderBook book)
    {
        var captures = book.Gateway?.Count(row => row is { Operation: "capture", Status: "succeeded" }) ?? 0;
        if (captures > 1)
            yield return new Breach("I5", $"{book.Id}", $"was captured {captures} times");
    }

    /// <summary>I5, by the gateway's own ledger: the captured amount is the total or zero.</summary>
    static IEnumerable<Breach> Kept(OrderBook book)
    {
        if (book.Gateway is not { } rows || book.Story.Order is not { } order)
            yield break;
        var kept = Sum(rows);
        if (kept != (book.Story.Completed ? order.Total : 0) || rows.Any(row => row.Currency != order.Currency))
            yield return new Breach("I5", $"{book.Id}", $"is {order.State} over {order.Total} {order.Currency}, but the gateway keeps {kept}");
    }

    /// <summary>I6: all branches confirmed, or nothing held or taken.</summary>
    static IEnumerable<Breach> Branches(OrderBook book)
    {
        var (stock, payment) = (book.Story.StockState, book.Story.PaymentState);
        var agree = book.Story.Completed ? (stock, payment) == (Confirmed, Confirmed) : Nothing.Contains(stock) && Nothing.Contains(payment);
        if (!agree)
            yield return new Breach("I6", $"{book.Id}", $"is {book.Story.Order?.State ?? "not an order here"}: stock {stock}, payment {payment}");
    }

    /// <summary>I7: nothing is held, requested or authorized for a final order.</summary>
    static IEnumerable<Breach> Open(OrderBook book)
    {
        var state = book.Story.Order?.State ?? "not an order here";
        if (book.Story.StockState == Tried)
            yield return new Breach("I7", $"{book.Id}", $"is {state} but holds stock");
        foreach (var attempt in book.Attempts.Where(attempt => attempt.State is not (GatewayWords.Succeeded or GatewayWords.Declined)))
            yield return new Breach("I7", $"{book.Id}", $"is {state}, but its {attempt.Operation} is {attempt.State}");
        foreach (var open in OpenAuthorizations(book.Gateway ?? []))
            yield return new Breach("I7", $"{book.Id}", $"is {state}; {open}");
    }

    /// <summary>I8: every order reaches a final state or has a case. An order in progress must have a next check.</summary>
    static IEnumerable<Breach> End(OrderBook book, Terms terms)
    {
        if (book.Story.Order is not { } order)
            yield break;
        if (order.State == States.NeedsReview)
        {
            if (!book.HasCase)
                yield return new Breach("I8", $"{book.Id}", "needs review but has no open case");
        }
        else if (terms.AtRest)
            yield return new Breach("I8", $"{book.Id}", $"is {order.State}");
        else if (!(book.Placement?.NextCheckAt > terms.Until))
            yield return new Breach("I8", $"{book.Id}", $"is {order.State} since {order.UpdatedAt:u} and has no next check by recovery");
    }

    static long Sum(IReadOnlyList<GatewayRow> rows) => rows.Where(row => row.Status == "succeeded").Sum(row => row.Operation switch
    {
        "capture" => row.Amount,
        "refund" => -row.Amount,
        _ => 0,
    });

    /// <summary>If the gateway reports no authorization ids, there is only one authorization.</summary>
    static IEnumerable<string> OpenAuthorizations(IReadOnlyList<GatewayRow> rows)
    {
        var closed = rows.Where(row => row is { Operation: "capture" or "void", Status: "succeeded" }).Select(row => row.AuthorizationId ?? "").ToHashSet();
        return rows.Where(row => row is { Operation: "authorize", Status: "succeeded" or "pending" } && !closed.Contains(row.AuthorizationId ?? ""))
            .Select(row => $"the gateway's authorization {row.AuthorizationId} over {row.Amount} {row.Currency} is open");
    }
}
