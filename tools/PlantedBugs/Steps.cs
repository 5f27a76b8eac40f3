namespace PlantedBugs;

/// <summary>What each step must be, beside what the books say at the end. Read from the audit.</summary>
static class Steps
{
    static readonly HashSet<(string From, string To)> LegalStock =
        [("", "Tried"), ("", "Refused"), ("", "Cancelled"), ("Tried", "Confirmed"), ("Tried", "Cancelled"), ("Refused", "Cancelled"),
            ("Confirmed", "Cancelled")];

    /// <summary>The saga's event when assurance drives an order on.</summary>
    const string Assurance = "CheckRequested";

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

    /// <summary>I9: a step that changes nothing is noted once, and once more for each time that assurance sent a command again.</summary>
    static IEnumerable<string> Repeated(IGrouping<string, Step> order)
    {
        var asked = 1 + order.Count(step => step.Cause == Assurance);
        return order.Where(step => step.From == step.To).GroupBy(step => (step.To, step.Cause, step.Detail)).Where(same => same.Count() > asked)
            .Select(same => $"I9 order {order.Key}: {same.Key.Cause} in {same.Key.To} is noted {same.Count()} times and was asked for {asked} times");
    }

    /// <summary>I10: assurance drives an order on when its pause is over, which begins anew with each change of state and each drive.</summary>
    static IEnumerable<string> DrivenEarly(IGrouping<string, Step> order)
    {
        DateTime? since = null;
        var pause = TimeSpan.FromSeconds(new Orders.Model.OrderSettings().FirstCheckSeconds - 0.5);
        foreach (var step in order)
        {
            if (step.Cause == Assurance && step.At - since is { } after && after < pause)
                yield return $"I10 order {order.Key} is driven on {after.TotalSeconds:0.0} s after its last step: not due yet";
            if (step.Cause == Assurance || step.From != step.To)
                since = step.At;
        }
    }

    /// <summary>I5: money moves on the gateway's word only: what is kept as its webhook, it has sent.</summary>
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
