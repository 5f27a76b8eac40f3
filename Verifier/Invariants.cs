using Orders.Model;
using static OrderSaga.Ledgers.BranchStates;

namespace OrderSaga.Verifier;

/// <summary>How orders are judged.</summary>
/// <param name="Until">UTC. Orders changed later are in flight: only what holds at every moment is checked.</param>
/// <param name="AtRest">Nothing is in flight: every order must be final.</param>
/// <param name="PayMargin">How long after its deadline a payment made in time may still be captured.</param>
sealed record VerificationTerms(DateTime Until, bool AtRest, TimeSpan PayMargin)
{
    public bool IsSettled(OrderEvidence evidence) => AtRest || evidence.MovedAt <= Until;
}

/// <summary>The invariants; docs/runbook.md explains each violation. Pure: ledgers in, violations out.</summary>
static class Invariants
{
    static readonly string[] Nothing = [Absent, Refused, Cancelled];

    public static IEnumerable<InvariantViolation> Of(OrderEvidence evidence, VerificationTerms terms)
    {
        var always = Key(evidence).Concat(Captures(evidence)).Concat(AuditTrail.Of(evidence)).Concat(TimeToPay.Of(evidence, terms));
        if (!terms.IsSettled(evidence))
            return always;
        return evidence.Snapshot.IsInProgress ? always.Concat(End(evidence, terms))
            : always.Concat(Stored(evidence)).Concat(Branches(evidence)).Concat(Open(evidence));
    }

    /// <summary>I1: no oversell; held equals the sum of the holds. I2: stock is conserved.</summary>
    public static IEnumerable<InvariantViolation> Of(SkuBalance sku)
    {
        if (sku.Available < 0 || sku.Held < 0 || sku.Sold < 0)
            yield return new InvariantViolation("I1", sku.Sku, $"is below zero: available {sku.Available}, held {sku.Held}, sold {sku.Sold}");
        if (sku.Held != sku.HeldByOrders || sku.Sold != sku.SoldToOrders)
            yield return new InvariantViolation("I1", sku.Sku,
                $"has held {sku.Held} and sold {sku.Sold}; the branches of orders hold {sku.HeldByOrders} and have sold {sku.SoldToOrders}");
        if (sku.Received != sku.Available + sku.Held + sku.Sold || sku.Received != sku.Receipts)
            yield return new InvariantViolation("I2", sku.Sku,
                $"has received {sku.Received}: available {sku.Available} + held {sku.Held} + sold {sku.Sold}; its receipts add up to {sku.Receipts}");
    }

    /// <summary>I5 and I7 for gateway operations without an order.</summary>
    public static IEnumerable<InvariantViolation> OfUnknown(string reference, IReadOnlyList<GatewayRow> rows)
    {
        if (Sum(rows) is not 0 and var kept)
            yield return new InvariantViolation("I5", reference, $"is not an order here, but the gateway keeps {kept}");
        foreach (var open in OpenAuthorizations(rows))
            yield return new InvariantViolation("I7", reference, $"is not an order here; {open}");
    }

    /// <summary>I4: one order per merchant and key. The record's id is unique and is derived from both; of an erased key it is the only trace.</summary>
    static IEnumerable<InvariantViolation> Key(OrderEvidence evidence)
    {
        if (evidence is { Snapshot.Order: { } order, Placement: { } placement }
            && placement.Stored != new KeyEntry(IdOf(evidence.Id, order.Merchant, placement), order.Merchant, placement.Key))
            yield return new InvariantViolation("I4", $"{evidence.Id}", $"is not the order placed by its key '{placement.Key}' of {order.Merchant}");
    }

    static string IdOf(Guid orderId, string merchant, PlacementEntry placement) =>
        placement.Key == PersonalData.ErasedKey(orderId) ? placement.Stored?.Id ?? "" : IdempotencyRecord.IdOf(merchant, placement.Key);

    /// <summary>I5, by the gateway's own ledger: at most one capture.</summary>
    static IEnumerable<InvariantViolation> Captures(OrderEvidence evidence)
    {
        var captures = evidence.Gateway?.Count(row => row is { Operation: "capture", Status: "succeeded" }) ?? 0;
        if (captures > 1)
            yield return new InvariantViolation("I5", $"{evidence.Id}", $"was captured {captures} times");
    }

    /// <summary>I5, by the gateway's own ledger: the captured amount is the total or zero.</summary>
    static IEnumerable<InvariantViolation> Stored(OrderEvidence evidence)
    {
        if (evidence.Gateway is not { } rows || evidence.Snapshot.Order is not { } order)
            yield break;
        var kept = Sum(rows);
        if (kept != (evidence.Snapshot.Completed ? order.Total : 0) || rows.Any(row => row.Currency != order.Currency))
            yield return new InvariantViolation("I5", $"{evidence.Id}", $"is {order.State} over {order.Total} {order.Currency}, but the gateway keeps {kept}");
    }

    /// <summary>I6: all branches confirmed, or nothing held or taken.</summary>
    static IEnumerable<InvariantViolation> Branches(OrderEvidence evidence)
    {
        var (stock, payment) = (evidence.Snapshot.StockState, evidence.Snapshot.PaymentState);
        var agree = evidence.Snapshot.Completed ? (stock, payment) == (Confirmed, Confirmed) : Nothing.Contains(stock) && Nothing.Contains(payment);
        if (!agree)
            yield return new InvariantViolation("I6", $"{evidence.Id}",
                $"is {evidence.Snapshot.Order?.State ?? "not an order here"}: stock {stock}, payment {payment}");
    }

    /// <summary>I7: nothing is held, requested or authorized for a final order.</summary>
    static IEnumerable<InvariantViolation> Open(OrderEvidence evidence)
    {
        var state = evidence.Snapshot.Order?.State ?? "not an order here";
        if (evidence.Snapshot.StockState == Tried)
            yield return new InvariantViolation("I7", $"{evidence.Id}", $"is {state} but holds stock");
        foreach (var attempt in evidence.Attempts.Where(attempt =>
                     attempt.State is not (AttemptStates.Succeeded or AttemptStates.Declined or AttemptStates.NotSent)))
            yield return new InvariantViolation("I7", $"{evidence.Id}", $"is {state}, but its {attempt.Operation} is {attempt.State}");
        foreach (var open in OpenAuthorizations(evidence.Gateway ?? []))
            yield return new InvariantViolation("I7", $"{evidence.Id}", $"is {state}; {open}");
    }

    /// <summary>I8: every order reaches a final state or has a case. An order in progress must have a next check.</summary>
    static IEnumerable<InvariantViolation> End(OrderEvidence evidence, VerificationTerms terms)
    {
        if (evidence.Snapshot.Order is not { } order)
            yield break;
        if (order.State == OrderStates.NeedsReview)
        {
            if (!evidence.HasCase)
                yield return new InvariantViolation("I8", $"{evidence.Id}", "needs review but has no open case");
        }
        else if (terms.AtRest)
            yield return new InvariantViolation("I8", $"{evidence.Id}", $"is {order.State}");
        else if (!(evidence.Placement?.NextRetryAt > terms.Until))
            yield return new InvariantViolation("I8", $"{evidence.Id}", $"is {order.State} since {order.UpdatedAt:u} and has no next check by recovery");
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
