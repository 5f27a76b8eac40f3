using Orders.Model;

namespace OrderSaga.Verifier;

/// <summary>
/// I9: one audit row for each change of order, branch, attempt and stock level, without a gap, up to the current state. I10: an order's
/// rows are legal steps of its lifecycle.
/// </summary>
static class AuditTrail
{
    const string Order = "order";
    const string Stock = "stock branch";
    const string Payment = "payment branch";
    const string Attempt = "payment ";

    /// <summary>True for subjects whose rows record states; rows of other subjects record actions.</summary>
    public static bool Covers(string subject) => subject is Order or Stock || subject.StartsWith(Attempt, StringComparison.Ordinal);

    public static IEnumerable<InvariantViolation> Of(OrderEvidence evidence)
    {
        var trails = evidence.Audit.GroupBy(row => row.Subject, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var (subject, state) in States(evidence.Snapshot))
        {
            if (!trails.TryGetValue(subject, out var trail))
                yield return new InvariantViolation("I9", $"{evidence.Id}", $"{subject} is {state} but has no audit row");
            else if (trail[^1].To != state)
                yield return new InvariantViolation("I9", $"{evidence.Id}", $"{subject} is {state}; its audit is {Path(trail)}");
        }

        foreach (var (subject, trail) in trails)
        {
            if (trail[0].From.Length > 0 || Gap(trail))
                yield return new InvariantViolation("I9", $"{evidence.Id}", $"{subject} has a gap in its audit: {Path(trail)}");
            if (subject == Order && trail.Find(row => !OrderLifecycle.HasStep(row.From, row.Cause, row.To)) is { } step)
                yield return new InvariantViolation(
                    "I10", $"{evidence.Id}", $"took a step that its lifecycle does not have: {step.From} > {step.To} by {step.Cause}");
        }
    }

    /// <param name="rows">Rows of one sku.</param>
    public static IEnumerable<InvariantViolation> Of(IReadOnlyList<ReceivedEntry> rows)
    {
        var last = rows[^1];
        var whole = rows.Select(row => row.From).SequenceEqual(rows.Select(row => row.To).SkipLast(1).Prepend("received 0"));
        if (!whole || last.To != $"received {last.Received}")
            yield return new InvariantViolation("I9", last.Sku, $"has received {last.Received}, but the audit of its receipts ends at '{last.To}'");
    }

    /// <summary>The current state of each subject of the order.</summary>
    static IEnumerable<(string Subject, string State)> States(OrderSnapshot snapshot)
    {
        if (snapshot.Order is { } order)
            yield return (Order, order.State);
        if (snapshot.Stock is { } stock)
            yield return (Stock, stock.State);
        if (snapshot.Payment is not { } payment)
            yield break;
        yield return (Payment, payment.State);
        foreach (var attempt in payment.Attempts)
            yield return (attempt.Subject, attempt.State);
    }

    static bool Gap(List<AuditEntry> trail) => trail.Zip(trail.Skip(1)).Any(pair => pair.First.To != pair.Second.From);

    static string Path(List<AuditEntry> trail) => string.Join(" | ", trail.Select(row => $"{row.From} > {row.To}"));
}
