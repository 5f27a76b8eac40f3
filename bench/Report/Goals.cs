using System.Globalization;

namespace OrderSaga.Bench;

/// <summary>Performance goals, checked against the results. Only measured figures are judged.</summary>
static class Goals
{
    const string Usual = "b-usual-outbox";
    const string Floor = "d1-floor";

    public static IEnumerable<string> Judge(IReadOnlyList<Result> results)
    {
        foreach (var ours in results.Where(result => result.Contender == Variant.Ours.Name))
        {
            var others = results.Where(other => other.Scenario == ours.Scenario && other.Mode == ours.Mode).ToDictionary(other => other.Contender);
            var verdicts = ours.Scenario switch
            {
                "settle" => Settle(ours, others.GetValueOrDefault(Variant.Alone.Name), others.GetValueOrDefault(Usual), others.GetValueOrDefault(Floor)),
                "flash-1" => [AtLeast("rate as a share of settle's", Ratio(ours, Settle(results, ours), Figure.SettledPerSecond), 0.7)],
                "recover" => Recover(ours),
                "embedded" => [AtLeast("times (a)", Ratio(ours, others.GetValueOrDefault(Variant.Alone.Name), Figure.SettledPerSecond), 5)],
                "aged" => Aged(ours, others.GetValueOrDefault(Bench.Aged.Empty)),
                "overload" => Overload(ours),
                "reads" => Reads(ours, others.GetValueOrDefault("database"), others.GetValueOrDefault("static")),
                _ => [],
            };
            foreach (var verdict in verdicts.OfType<string>())
                yield return $"{ours.Scenario}, {ours.Mode}: {verdict}";
        }
    }

    static string?[] Settle(Result ours, Result? alone, Result? usual, Result? floor) =>
    [
        AtMost("CPU per order, times floor d1", Ratio(ours, floor, Figure.CpuAll), 1.6),
        AtLeast("CPU per order of (b), times ours", Ratio(usual, ours, Figure.CpuAll), 12),
        AtLeast("rate, times (b)", Ratio(ours, usual, Figure.SettledPerSecond), 12),
        AtLeast("rate, times (a)", Ratio(ours, alone, Figure.SettledPerSecond), 4),
        AtMost("ms placed to settled at half of the rate, p50", Median(ours, Figure.PacedP50), 100),
        AtMost("ms placed to settled at half of the rate, p99", Median(ours, Figure.PacedP99), 500),
    ];

    static string?[] Aged(Result ours, Result? empty) =>
    [
        AtMost("CPU per order, times that of an empty system", Ratio(ours, empty, Figure.CpuAll), 1.1),
        AtMost("p99, times that of an empty system", Ratio(ours, empty, Figure.PacedP99), 1.1),
    ];

    static string?[] Recover(Result ours) =>
    [
        AtMost("placements refused", ours.Of(Figure.Refused)?.Max, 0),
        AtLeast("drained at a share of the peak", Median(ours, Figure.DrainShare), 0.8),
    ];

    static string?[] Overload(Result ours) =>
    [
        AtLeast("goodput as a share of the peak", Median(ours, Figure.GoodputShare), 0.8),
        AtMost("s until it was normal again", Median(ours, Figure.NormalAfter), 30),
    ];

    static string?[] Reads(Result ours, Result? database, Result? constant) =>
    [
        AtLeast("rate, times the database's", Ratio(ours, database, Figure.ReadsPerSecond), 8),
        AtLeast("rate as a share of a constant page's", Ratio(ours, constant, Figure.ReadsPerSecond), 0.7),
        AtMost("CPU per read as a share of the database's", Ratio(ours, database, Figure.CpuAll), 0.125),
    ];

    static Result? Settle(IReadOnlyList<Result> results, Result of) =>
        results.FirstOrDefault(one => one.Scenario == "settle" && one.Mode == of.Mode && one.Contender == of.Contender);

    static double? Median(Result? of, string figure) => of?.Of(figure)?.Median;

    static double? Ratio(Result? one, Result? other, string figure) => Median(one, figure) / Median(other, figure);

    static string? AtLeast(string what, double? value, double goal) => Verdict(what, value, value >= goal, $"at least {Text(goal)}");

    static string? AtMost(string what, double? value, double goal) => Verdict(what, value, value <= goal, $"at most {Text(goal)}");

    static string? Verdict(string what, double? value, bool met, string goal) => value is { } measured
        ? $"{(met ? "met   " : "MISSED")}  {what}: {Text(measured)}, {goal}" : null;

    static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
