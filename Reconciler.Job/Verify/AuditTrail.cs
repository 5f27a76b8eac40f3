namespace Reconciler.Job;

/// <summary>
/// I9: one audit row for each change of order, branch, money and stock, without a gap, up to the state that is. I10: an order's rows are a path of
/// the state machine.
/// </summary>
static class AuditTrail
{
    const string Order = "order";
    const string Stock = "stock branch";
    const string Payment = "payment branch";
    const string Attempt = "payment ";

    /// <summary>Whether a subject's rows tell the states of an order's parts; others tell of acts.</summary>
    public static bool Tells(string subject) => subject is Order or Stock || subject.StartsWith(Attempt, StringComparison.Ordinal);

    public static IEnumerable<Breach> Of(OrderBook book)
    {
        var trails = book.Audit.GroupBy(row => row.Subject, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var (subject, state) in States(book.Story))
        {
            if (!trails.TryGetValue(subject, out var trail))
                yield return new Breach("I9", $"{book.Id}", $"{subject} is {state} and has no audit row");
            else if (trail[^1].To != state)
                yield return new Breach("I9", $"{book.Id}", $"{subject} is {state}; its audit is {Path(trail)}");
        }

        foreach (var (subject, trail) in trails)
        {
            if (trail[0].From.Length > 0 || Gap(trail))
                yield return new Breach("I9", $"{book.Id}", $"{subject} has a gap in its audit: {Path(trail)}");
            if (subject == Order && !trail.TrueForAll(row => LegalSteps.Has(row.From, row.To)))
                yield return new Breach("I10", $"{book.Id}", $"went a way that there is not: {Path(trail)}");
        }
    }

    /// <param name="rows">Of one sku.</param>
    public static IEnumerable<Breach> Of(IReadOnlyList<ReceivedEntry> rows)
    {
        var last = rows[^1];
        var whole = rows.Select(row => row.From).SequenceEqual(rows.Select(row => row.To).SkipLast(1).Prepend("received 0"));
        if (!whole || last.To != $"received {last.Received}")
            yield return new Breach("I9", last.Sku, $"has received {last.Received}; the audit of its receipts does not lead there: its end is '{last.To}'");
    }

    /// <summary>What each subject of the order is now.</summary>
    static IEnumerable<(string Subject, string State)> States(Story story)
    {
        if (story.Order is { } order)
            yield return (Order, order.State);
        if (story.Stock is { } stock)
            yield return (Stock, stock.State);
        if (story.Payment is not { } payment)
            yield break;
        yield return (Payment, payment.State);
        foreach (var attempt in payment.Attempts)
            yield return (Attempt + attempt.Operation, attempt.State);
    }

    static bool Gap(List<AuditEntry> trail) => trail.Zip(trail.Skip(1)).Any(pair => pair.First.To != pair.Second.From);

    static string Path(List<AuditEntry> trail) => string.Join(" | ", trail.Select(row => $"{row.From} > {row.To}"));
}
