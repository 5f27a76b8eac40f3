using System.Text.Json;
using FaultRuns.Client;

namespace FaultRuns;

/// <summary>The injected faults, the outcomes of the orders with their times, and the violations.</summary>
public sealed record Report(
    string Options, IReadOnlyDictionary<string, int> Faults, IReadOnlyDictionary<string, int> Orders, IReadOnlyDictionary<string, int> Answers,
    Spread PlacementToEnd, Spread HealToEnd, double EndedWithin30Seconds, IReadOnlyList<string> Violations)
{
    const double WithinSeconds = 30;
    const double MustEndWithin = 0.999;

    static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<Report> Of(FaultRun run, Options options, Customers customers, Ends ends, DataCorruption corruption, IReadOnlyList<DateTime> heals)
    {
        var states = (await run.System.Checker.Orders()).ToDictionary(order => order.Id, order => order.State);
        var ended = customers.Orders.Where(order => ends.Of(order.Id) is not null)
            .Select(order => (Order: order, At: ends.Of(order.Id)!.Value))
            .Select(one => (Whole: Seconds(one.At - Due(one.Order)), Healed: AfterHeal(one.Order, one.At, heals))).ToList();
        var soon = ended.Count(one => one.Healed <= WithinSeconds) / (double)Math.Max(1, customers.Count);
        if (soon < MustEndWithin)
            run.Broken(string.Create(CultureInfo.InvariantCulture, $"I8 {soon:P2} of the orders have ended within {WithinSeconds} s of the heal"));
        foreach (var wrong in customers.Orders.Where(order =>
            order.Kind.End is { } end && !corruption.Has(order.Id) && states.GetValueOrDefault(order.Id) != end))
            run.Broken($"I8 {wrong.Id}, {wrong.Kind.Name}, is {states.GetValueOrDefault(wrong.Id, "lost")}");
        return new Report(options.ToString(), Sorted(run.Done),
            Counts(customers.Orders.Select(order =>
                $"{order.Kind.Name}{(corruption.Has(order.Id) ? ", corrupted by hand" : "")}: {states.GetValueOrDefault(order.Id, "lost")}")),
            Sorted(customers.Answers.ToDictionary(pair => pair.Key == 0 ? "none" : pair.Key.ToString(CultureInfo.InvariantCulture), pair => pair.Value)),
            Spread.Of(ended.Select(one => one.Whole)), Spread.Of(ended.Where(one => one.Healed > 0).Select(one => one.Healed)), soon, [.. run.Violations]);
    }

    public async Task Write(string file) => await File.WriteAllTextAsync(file, JsonSerializer.Serialize(this, Indented));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""

        {Options}

        faults done: {Faults.Values.Sum()}
        {Lines(Faults)}
        orders: {Orders.Values.Sum()}
        {Lines(Orders)}
        answers to placements
        {Lines(Answers)}
        from the placement to the end, faults included: {PlacementToEnd}
        from the heal to the end, of those open then:   {HealToEnd}
        ended within {WithinSeconds} s of the heal or the placement: {EndedWithin30Seconds:P2}

        {(Violations.Count == 0 ? "0 violations" : $"{Violations.Count} violations:\n  {string.Join("\n  ", Violations.Take(50))}")}
        """);

    /// <summary>An order that a customer may still pay has no final state.</summary>
    static DateTime Due(Placed order) => order.Kind == Kind.Left ? order.At.AddSeconds(Command.SecondsToPay) : order.At;

    /// <summary>Seconds from the heal of its round, or from its placement if later; 0 for an order that ended before.</summary>
    static double AfterHeal(Placed order, DateTime end, IReadOnlyList<DateTime> heals)
    {
        var heal = heals.FirstOrDefault(heal => heal > order.At, order.At);
        return heal > end ? 0 : Seconds(end - (heal > Due(order) ? heal : Due(order)));
    }

    static double Seconds(TimeSpan time) => Math.Max(0, time.TotalSeconds);

    static Dictionary<string, int> Counts(IEnumerable<string> names) =>
        Sorted(names.GroupBy(name => name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()));

    static Dictionary<string, int> Sorted(IReadOnlyDictionary<string, int> counts) =>
        counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(pair => pair.Key, pair => pair.Value);

    static string Lines(IReadOnlyDictionary<string, int> counts) => string.Concat(counts.Select(pair => $"{pair.Value,7}  {pair.Key}\n"));
}

/// <summary>Durations in seconds.</summary>
public sealed record Spread(int Count, double P50, double P99, double Max)
{
    public static Spread Of(IEnumerable<double> seconds)
    {
        var sorted = seconds.Order().ToList();
        double At(double share) => sorted.Count == 0 ? 0 : sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(share * sorted.Count) - 1)];
        return new Spread(sorted.Count, At(0.5), At(0.99), At(1));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.0} s, p99 {P99:0.0} s, max {Max:0.0} s ({Count} orders)");
}
