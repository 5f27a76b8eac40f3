namespace Installed;

/// <summary>I9: one audit row for each change, without a gap, up to the state that is. I10: an order's rows are a path of the state machine.</summary>
static class AuditTrail
{
    static readonly HashSet<(string From, string To)> Legal =
    [
        ("", "Reserving"),
        ("Reserving", "AwaitingPayment"), ("Reserving", "Cancelled"), ("Reserving", "Cancelling"),
        ("AwaitingPayment", "ConfirmingPayment"), ("AwaitingPayment", "Cancelling"),
        ("ConfirmingPayment", "ConfirmingStock"), ("ConfirmingPayment", "Cancelling"),
        ("ConfirmingStock", "Completed"),
        ("Cancelling", "Cancelled"),
        // Steps that leave the state as it is: a page to pay at, a branch that is free, a command sent again, a late answer cancelled again.
        ("Reserving", "Reserving"), ("AwaitingPayment", "AwaitingPayment"), ("ConfirmingPayment", "ConfirmingPayment"),
        ("ConfirmingStock", "ConfirmingStock"), ("Cancelling", "Cancelling"),
        ("Cancelled", "Cancelled"),
    ];

    public static IEnumerable<string> Broken(Books books)
    {
        var trails = books.Audit.GroupBy(row => (row.Subject, row.SubjectId)).ToDictionary(group => group.Key, group => group.OrderBy(row => row.Id).ToList());
        var ends = books.Orders.Select(row => ("order", row.Id.ToString(), row.State))
            .Concat(books.StockBranches.Select(row => ("stock branch", row.OrderId.ToString(), row.State)))
            .Concat(books.PaymentBranches.Select(row => ("payment branch", row.OrderId.ToString(), row.State)))
            .Concat(books.Attempts.Select(row => ($"payment {row.Operation}", row.OrderId.ToString(), row.State)))
            .Concat(books.Levels.Select(row => ("stock", row.Sku, $"received {row.Received}")));
        foreach (var (subject, id, state) in ends)
        {
            if (!trails.TryGetValue((subject, id), out var trail))
                yield return $"I9 {subject} {id} is {state} and has no audit row";
            else if (trail[^1].ToState != state)
                yield return $"I9 {subject} {id} is {state}; its audit ends with {trail[^1].ToState}";
        }

        foreach (var ((subject, id), trail) in trails)
        {
            var path = $"{subject} {id}: {string.Join(" | ", trail.Select(row => $"{row.FromState} > {row.ToState}"))}";
            var begins = subject == "stock" ? "received 0" : "";
            if (trail[0].FromState != begins || trail.Zip(trail.Skip(1)).Any(pair => pair.First.ToState != pair.Second.FromState))
                yield return $"I9 {path}";
            if (subject == "order" && trail.Exists(row => !Legal.Contains((row.FromState, row.ToState))))
                yield return $"I10 {path}";
        }
    }
}
