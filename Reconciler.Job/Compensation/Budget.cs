namespace Reconciler.Job;

/// <summary>The budget's decision about one repair.</summary>
enum Allowance
{
    Allowed,

    /// <summary>The run's budget is used up.</summary>
    Spent,

    /// <summary>The repair alone exceeds the limit of any run.</summary>
    TooLarge,

    /// <summary>Repairs are turned off.</summary>
    Off,
}

/// <summary>
/// Limits the repairs of one run: an error in a rule or a ledger must not move all money in one night. A repair over the limit does not
/// stop smaller ones.
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
        var max = settings.MaxRepairAmountOf(finding.Currency);
        if (settings.MaxRepairs == 0)
            return Allowance.Off;
        if (finding.Amount > max)
            return Allowance.TooLarge;
        return count < settings.MaxRepairs && ofClass.GetValueOrDefault(finding.Class) < settings.MaxRepairsPerClass
            && finding.Amount <= max - moved.GetValueOrDefault(finding.Currency ?? "") ? Allowance.Allowed : Allowance.Spent;
    }

    /// <summary>The run has sent a repair for the order, so its changes come from the run itself.</summary>
    public bool HasRepaired(Guid order) => orders.Contains(order);

    public void Spend(FindingRow finding)
    {
        count++;
        orders.Add(finding.OrderId!.Value);
        ofClass[finding.Class] = ofClass.GetValueOrDefault(finding.Class) + 1;
        moved[finding.Currency ?? ""] = moved.GetValueOrDefault(finding.Currency ?? "") + finding.Amount;
    }
}
