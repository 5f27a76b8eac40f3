using Orders.Model;
using Orders.Model.Switches;
using OrderSaga.Platform.Switches;

namespace OrderSaga.Verifier;

/// <summary>
/// I13: an order passes through the states of its own flow only, and its flow and lane are what its version of the switches decides. The rules
/// are pure and their versions never change, so every decision can be made again. I14: the branches of an order were commanded in its lane.
/// </summary>
sealed class DecisionCheck(ServiceDatabase orders)
{
    static readonly SwitchCatalogue Catalogue = new(OrderSwitches.All);

    /// <summary>By switch, in the order of the numbers.</summary>
    readonly Dictionary<string, SortedList<long, SwitchRules>> versions =
        OrderSwitches.All.ToDictionary(one => one.Name, _ => new SortedList<long, SwitchRules>());
    long last;

    /// <summary>Reads the new versions; call it before a page of orders is read, or a version of theirs may be missing.</summary>
    public async Task Load(CancellationToken cancel)
    {
        var rows = orders.Rows(VerificationSql.SwitchVersions,
            row => (Number: row.GetInt64(0), Name: row.GetString(1), Killed: row.GetBoolean(2), Rules: row.GetString(3)), cancel, ("last", last));
        await foreach (var row in rows)
        {
            last = row.Number;
            if (Catalogue.Find(row.Name) is { } definition)
                versions[row.Name].Add(last, new SwitchRules(definition, SwitchRules.Read(row.Rules), row.Killed));
        }
    }

    public IEnumerable<InvariantViolation> Of(OrderEvidence evidence)
    {
        if (evidence is not { Snapshot.Order: { } order, Placement: { } placement })
            yield break;
        var steps = evidence.Audit.Where(row => row.Subject == OrderAudit.Subject).ToList();
        var foreign = steps.Find(row => OrderLifecycle.Of(row.To).Flow is { } flow && flow != order.Flow);
        var former = steps.Find(row => row.Detail?.StartsWith(OrderAudit.TakenOver, StringComparison.Ordinal) == true)?.Detail!.Split(' ')[^1];
        if (foreign is not null)
            yield return Violation(evidence, $"has the flow {order.Flow}, but took the step {foreign.From} > {foreign.To} of another");
        if (placement.Decided.SwitchVersion is { } version && version > last)
            yield return Violation(evidence, $"was decided by version {version} of the switches, which does not exist");
        // What the rules saw is gone with an erased key.
        else if (!placement.Key.StartsWith(PersonalData.ErasedPrefix, StringComparison.Ordinal))
            foreach (var (name, value) in new[] { (OrderSwitches.Flow, order.Flow), (OrderSwitches.Lane, former ?? order.Lane) })
                if (Decide(name, evidence, order, placement) is var decided && decided != value)
                    yield return Violation(evidence, $"has the {name} {value}, but version {placement.Decided.SwitchVersion} of the switches gives {decided}");
        // A repair goes through main if the order's lane is gone.
        string?[] lanes = [order.Lane, former, evidence.WasRepaired ? OrderLanes.Main : null];
        foreach (var (branch, lane) in new[] { ("stock", evidence.Snapshot.Stock?.Lane), ("payment", evidence.Snapshot.Payment?.Lane) })
            if (lane is not null && !lanes.Contains(lane))
                yield return new InvariantViolation(
                    "I14", $"{evidence.Id}", $"is in the lane {order.Lane}, but its {branch} branch was last commanded in {lane}");
    }

    string Decide(string name, OrderEvidence evidence, OrderEntry order, PlacementEntry placement)
    {
        var text = evidence.Audit.FirstOrDefault(row => row.Subject == OrderAudit.Subject)?.Detail;
        if (name == OrderSwitches.Lane && text?.Contains(PlacementDecision.NotInUse, StringComparison.Ordinal) == true)
            return OrderLanes.Main;
        var (keyRoles, customerRole) = PlacementDecision.Roles(text);
        var facts = new OrderFacts(order.Merchant, placement.Key, placement.Decided.Customer, customerRole, keyRoles,
            [.. order.Lines.Select(line => line.Sku)], placement.Decided.Class);
        return InForce(versions[name], placement.Decided.SwitchVersion ?? 0)?.Decide(OrderSwitches.Subject(facts)).Value ?? Catalogue.Find(name)!.Default;
    }

    /// <summary>The last version up to this number, by binary search: there may be thousands.</summary>
    static SwitchRules? InForce(SortedList<long, SwitchRules> history, long number)
    {
        var (low, high) = (0, history.Count);
        while (low < high)
            (low, high) = history.GetKeyAtIndex((low + high) / 2) <= number ? ((low + high) / 2 + 1, high) : (low, (low + high) / 2);
        return low == 0 ? null : history.GetValueAtIndex(low - 1);
    }

    static InvariantViolation Violation(OrderEvidence evidence, string what) => new("I13", $"{evidence.Id}", what);
}
