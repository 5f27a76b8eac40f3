namespace OrderSaga.Bench;

/// <summary>Completes the measurement of our system.</summary>
static class Results
{
    /// <summary>Checks the invariants and adds what is only known at the end.</summary>
    public static async Task<Result> Result(
        this OurSystem system, string scenario, Place place, Variant variant, IEnumerable<IReadOnlyDictionary<string, double>> runs,
        IReadOnlyDictionary<string, string>? notes = null, IReadOnlyList<string>? findings = null)
    {
        var messages = await system.MessagesPerOrder();
        var all = runs.Select(run => (IReadOnlyDictionary<string, double>)With(run, messages)).ToList();
        var broken = await system.Check();
        var received = new Dictionary<string, string>(notes ?? new Dictionary<string, string>());
        if (system.Placer.Refusals.Count > 0)
            received["refusals"] = string.Join(", ", system.Placer.Refusals.OrderBy(refusal => refusal.Key).Select(refusal =>
                $"{refusal.Key}: {refusal.Value}"));
        if (Troubles.Of(system.Running) is { } troubles)
            received["logs"] = troubles;
        Progress.Say(broken.Count == 0 ? "    all invariants hold" : $"    {broken.Count} FINDINGS: {string.Join("; ", broken.Take(3))}");
        return new Result(scenario, variant.Name, place.Name, all, [.. findings ?? [], .. broken], received);
    }

    static Dictionary<string, double> With(IReadOnlyDictionary<string, double> run, double? messages)
    {
        var figures = new Dictionary<string, double>(run);
        if (messages is { } perOrder)
            figures[Figure.Messages] = perOrder;
        return figures;
    }
}
