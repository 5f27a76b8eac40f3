using System.Text.Json;

namespace Installed;

/// <summary>
/// What must hold once everything has ended, whatever happened on the way. Pure: books in, findings out; each names its
/// invariant and the order or the sku.
/// </summary>
public static class Invariants
{
    public static IReadOnlyList<string> Broken(Books books, IReadOnlyCollection<Guid> acknowledged) =>
    [
        .. Stock(books),
        .. Acknowledged(books, acknowledged),
        .. OneOrderForEachKey(books),
        .. Money(books),
        .. Branches(books),
        .. AuditTrail.Broken(books),
        .. books.Queued.Select(row => $"I11 {row.Database}: {row.What}"),
    ];

    /// <summary>I1: no oversell, held is the sum of the holds. I2: stock is conserved.</summary>
    static IEnumerable<string> Stock(Books books)
    {
        var held = Pieces(books, "Tried");
        var sold = Pieces(books, "Confirmed");
        var received = books.Receipts.GroupBy(row => row.Sku, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(row => row.Quantity));
        foreach (var level in books.Levels)
        {
            if (level.Available < 0 || level.Held < 0 || level.Sold < 0)
                yield return $"I1 {level}: below zero";
            if (level.Held != held.GetValueOrDefault(level.Sku))
                yield return $"I1 {level}: the branches hold {held.GetValueOrDefault(level.Sku)}";
            if (level.Sold != sold.GetValueOrDefault(level.Sku))
                yield return $"I1 {level}: the branches have sold {sold.GetValueOrDefault(level.Sku)}";
            if (level.Received != level.Available + level.Held + level.Sold || level.Received != received.GetValueOrDefault(level.Sku))
                yield return $"I2 {level}: {received.GetValueOrDefault(level.Sku)} came in";
        }
    }

    static Dictionary<string, long> Pieces(Books books, string state) => books.StockBranches.Where(branch => branch.State == state)
        .SelectMany(branch => JsonSerializer.Deserialize<List<Line>>(branch.Lines, JsonSerializerOptions.Web)!)
        .GroupBy(line => line.Sku, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity), StringComparer.Ordinal);

    /// <summary>I3: every order that a caller was told of is there. I8: all have ended.</summary>
    static IEnumerable<string> Acknowledged(Books books, IReadOnlyCollection<Guid> acknowledged) => acknowledged
        .Except(books.Orders.Select(order => order.Id)).Select(lost => $"I3 {lost} was acknowledged and is lost")
        .Concat(books.Orders.Where(order => order.State is not ("Completed" or "Cancelled")).Select(order => $"I8 {order.Id} is {order.State}"));

    /// <summary>I4: one order for each merchant and key, and the stored answer is about it.</summary>
    static IEnumerable<string> OneOrderForEachKey(Books books)
    {
        foreach (var twice in books.Orders.GroupBy(order => (order.Merchant, order.IdempotencyKey)).Where(group => group.Count() > 1))
            yield return $"I4 {twice.Key}: {string.Join(", ", twice.Select(order => order.Id))}";
        foreach (var order in books.Orders.Select(order => new KeyRow(order.Id, order.Merchant, order.IdempotencyKey)).Except(books.Keys))
            yield return $"I4 {order.OrderId} has no idempotency record of its key";
    }

    /// <summary>I5, by the gateway's own ledger: at most one capture, and what is kept is the total or nothing. I7: no authorization stands open.</summary>
    static IEnumerable<string> Money(Books books)
    {
        var ledger = books.Gateway.ToLookup(row => row.Reference, StringComparer.Ordinal);
        foreach (var order in books.Orders)
        {
            var rows = ledger[order.Id.ToString()].ToList();
            var captures = rows.Where(row => row is { Operation: "capture", Status: "succeeded" }).ToList();
            var kept = captures.Sum(row => row.Amount) - rows.Where(row => row is { Operation: "refund", Status: "succeeded" }).Sum(row => row.Amount);
            if (captures.Count > 1)
                yield return $"I5 {order.Id} was captured {captures.Count} times";
            if (kept != (order.State == "Completed" ? order.Total : 0) || rows.Exists(row => row.Currency != order.Currency))
                yield return $"I5 {order.Id} is {order.State} over {order.Total} {order.Currency}, and the gateway keeps {kept}";
            var closed = rows.Where(row => row is { Operation: "capture" or "void", Status: "succeeded" }).Select(row => row.AuthorizationId).ToHashSet();
            foreach (var open in rows.Where(row =>
                row is { Operation: "authorize", Status: "succeeded" or "pending" } && !closed.Contains(row.AuthorizationId)))
                yield return $"I7 {order.Id} is {order.State}, and authorization {open.AuthorizationId} is open";
        }

        foreach (var unknown in ledger.Select(group => group.Key).Except(books.Orders.Select(order => order.Id.ToString())))
            yield return $"I5 the gateway has {unknown}, of which there is no order";
    }

    /// <summary>I6: a completed order's branches are both confirmed, a cancelled one's hold nothing. I7: no operation is left open.</summary>
    static IEnumerable<string> Branches(Books books)
    {
        var stock = books.StockBranches.ToDictionary(row => row.OrderId, row => row.State);
        var payment = books.PaymentBranches.ToDictionary(row => row.OrderId, row => row.State);
        foreach (var order in books.Orders)
        {
            var states = (Stock: stock.GetValueOrDefault(order.Id, "absent"), Payment: payment.GetValueOrDefault(order.Id, "absent"));
            var agree = order.State == "Completed"
                ? states == ("Confirmed", "Confirmed")
                : IsNothing(states.Stock) && IsNothing(states.Payment);
            if (!agree)
                yield return $"I6 {order.Id} is {order.State}: stock {states.Stock}, payment {states.Payment}";
        }

        foreach (var attempt in books.Attempts.Where(row => row.State is not ("Succeeded" or "Declined")))
            yield return $"I7 {attempt.OrderId}: {attempt.Operation} is {attempt.State}";
    }

    static bool IsNothing(string state) => state is "Cancelled" or "Refused" or "absent";

    sealed record Line(string Sku, long Quantity);
}
