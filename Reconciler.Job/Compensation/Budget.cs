namespace Reconciler.Job;

/// <summary>What a run's budget says of one repair.</summary>
enum Allowance
{
    Allowed,

    /// <summary>Not by this run any more.</summary>
    Spent,

    /// <summary>By no run: it is over the bound by itself.</summary>
    TooLarge,

    /// <summary>Runs repair nothing here.</summary>
    Off,
}

/// <summary>
/// What the repairs of one run may still do: a fault in a rule, or in a ledger, must not move all the money there is in one night. What does
/// not fit does not keep others from being repaired.
/// </summary>
sealed class Budget(ReconciliationSettings settings, IReadOnlyCollection<Repair> sent)
{
    readonly Dictionary<string, long> moved =
        sent.GroupBy(repair => repair.Currency ?? "").ToDictionary(all => all.Key, all => all.Sum(repair => repair.Amount));
    readonly Dictionary<string, int> ofClass = sent.GroupBy(repair => repair.Class).ToDictionary(all => all.Key, all => all.Count());
    readonly HashSet<Guid> orders = [.. sent.Select(repair => repair.OrderId)];
    int count = sent.Count;

    public Allowance Allows(FindingRow finding)
    {
        var most = settings.RepairAmount(finding.Currency);
        if (settings.MostRepairs == 0)
            return Allowance.Off;
        if (finding.Amount > most)
            return Allowance.TooLarge;
        return count < settings.MostRepairs && ofClass.GetValueOrDefault(finding.Class) < settings.MaxRepairsPerClass
            && finding.Amount <= most - moved.GetValueOrDefault(finding.Currency ?? "") ? Allowance.Allowed : Allowance.Spent;
    }

    /// <summary>The run has sent a repair for the order: what moves there is its own doing.</summary>
    public bool Moves(Guid order) => orders.Contains(order);

    public void Spend(FindingRow finding)
    {
        count++;
        orders.Add(finding.OrderId!.Value);
        ofClass[finding.Class] = ofClass.GetValueOrDefault(finding.Class) + 1;
        moved[finding.Currency ?? ""] = moved.GetValueOrDefault(finding.Currency ?? "") + finding.Amount;
    }
}
