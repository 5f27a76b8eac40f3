namespace PlantedBugs;

/// <summary>Checks of each step, in addition to the final state of the ledgers. Read from the audit rows.</summary>
static class Steps
{
    static readonly HashSet<(string From, string To)> LegalStock =
        [("", "Tried"), ("", "Refused"), ("", "Cancelled"), ("Tried", "Confirmed"), ("Tried", "Cancelled"), ("Refused", "Cancelled"),
            ("Confirmed", "Cancelled")];

    /// <summary>The saga's event when recovery resumes an order.</summary>
    const string Recovery = "CheckRequested";

    sealed record Step(string Subject, string Id, DateTime At, string From, string To, string Cause, string Detail);

    public static async Task<IReadOnlyList<string>> Broken(Running system)
    {
        var orders = (await Audit(system, "orders")).Where(step => step.Subject == "order").GroupBy(step => step.Id).ToList();
        return
        [
            .. orders.SelectMany(Repeated), .. orders.SelectMany(DrivenEarly),
            .. (await Audit(system, "inventory")).Where(step => step.Subject == "stock branch" && !LegalStock.Contains((step.From, step.To)))
                .Select(step => $"I10 stock branch {step.Id}: {step.From} > {step.To} is no step of the fence"),
            .. await NotTheGateways(system),
        ];
    }

    /// <summary>I9: a step without a change is recorded once, plus once for each time that recovery sent a command again.</summary>
    static IEnumerable<string> Repeated(IGrouping<string, Step> order)
    {
        var requested = 1 + order.Count(step => step.Cause == Recovery);
        return order.Where(step => step.From == step.To).GroupBy(step => (step.To, step.Cause, step.Detail)).Where(same => same.Count() > requested)
            .Select(same => $"I9 order {order.Key}: {same.Key.Cause} in {same.Key.To} is noted {same.Count()} times and was asked for {requested} times");
    }

    /// <summary>I10: recovery resumes an order after its delay, which starts again with each state change and each resumption.</summary>
    static IEnumerable<string> DrivenEarly(IGrouping<string, Step> order)
    {
        DateTime? since = null;
        var delay = TimeSpan.FromSeconds(new Orders.Model.OrderSettings().FirstRetryDelaySeconds - 0.5);
        foreach (var step in order)
        {
            if (step.Cause == Recovery && step.At - since is { } after && after < delay)
                yield return $"I10 order {order.Key} is driven on {after.TotalSeconds:0.0} s after its last step: not due yet";
            if (step.Cause == Recovery || step.From != step.To)
                since = step.At;
        }
    }

    /// <summary>I5: money moves only on the gateway's response: every stored webhook was sent by it.</summary>
    static async Task<IEnumerable<string>> NotTheGateways(Running system)
    {
        var kept = await system.Read("payments", "SELECT id FROM webhooks", row => row.GetString(0));
        var sent = await system.Read("sandbox", "SELECT id FROM gateway_webhooks", row => row.GetString(0));
        return kept.Except(sent).Select(id => $"I5 webhook {id} is kept as the gateway's, which never sent it");
    }

    static Task<IReadOnlyList<Step>> Audit(Running system, string database) => system.Read(
        database, "SELECT subject, subject_id, at, from_state, to_state, cause, coalesce(detail, '') FROM audit ORDER BY id",
        row => new Step(row.GetString(0), row.GetString(1), row.GetDateTime(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6)));
}
