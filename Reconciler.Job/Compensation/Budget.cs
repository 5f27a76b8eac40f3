namespace Reconciler.Job;

/// <summary>What the repairs of one run may still do: a fault in a rule, or in a ledger, must not move all the money there is in one night.</summary>
sealed class Budget(ReconciliationSettings settings, IReadOnlyCollection<Repair> sent)
{
    readonly Dictionary<string, long> moved =
        sent.GroupBy(repair => repair.Currency ?? "").ToDictionary(all => all.Key, all => all.Sum(repair => repair.Amount));
    readonly HashSet<Guid> orders = [.. sent.Select(repair => repair.OrderId)];
    int count = sent.Count;
    bool stopped;

    public bool Allows(FindingRow finding) => !stopped && count < settings.MostRepairs
        && finding.Amount <= settings.MostRepairAmount - moved.GetValueOrDefault(finding.Currency ?? "");

    /// <summary>A finding was over it: nothing more is sent by this run, however small.</summary>
    public void Stop() => stopped = true;

    /// <summary>The run has sent a repair for the order: what moves there is its own doing.</summary>
    public bool Moves(Guid order) => orders.Contains(order);

    public void Spend(FindingRow finding)
    {
        count++;
        orders.Add(finding.OrderId!.Value);
        moved[finding.Currency ?? ""] = moved.GetValueOrDefault(finding.Currency ?? "") + finding.Amount;
    }
}
