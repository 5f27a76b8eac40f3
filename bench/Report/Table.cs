using System.Globalization;
using Spectre.Console;

namespace OrderSaga.Bench;

/// <summary>The result table: one row per contender and scenario.</summary>
static class Table
{
    /// <summary>Width if the output is not a terminal.</summary>
    public const int FileWidth = 220;

    static readonly string[] Columns =
    [
        "scenario", "contender", "settled/s\n(min-max)", "ours is\nso fast", "CPU ms/order\napp+db+broker", "= all\n(min-max)", "ours\ntakes",
        "placement ms\np50/p99", "settle ms\np50/p95/p99", "tx/stmt/msg\nper order", "kB\n/order", "invariants",
    ];

    public static void Print(IReadOnlyList<Result> results)
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = FileWidth;
        var table = new Spectre.Console.Table().Border(TableBorder.Rounded);
        foreach (var column in Columns)
            table.AddColumn(new TableColumn(column).NoWrap());
        foreach (var result in results)
            table.AddRow([.. Cells(result, Rival(results, result)).Select(Markup.Escape)]);
        console.Write(table);
        console.WriteLine("e-...: figures per message, not per order. x: ours divided by this row's.");
        console.WriteLine("settle: placed to settled at a share of the maximum rate; in brackets: under the load of the run.");
        foreach (var result in results.Where(result => result.Notes.Count > 0 || result.Findings.Count > 0))
            Tell(console, result);
        console.WriteLine();
        foreach (var verdict in Goals.Judge(results))
            console.WriteLine(verdict);
    }

    /// <summary>Our own result in the same scenario and mode.</summary>
    public static Result? Rival(IEnumerable<Result> results, Result of) => of.Contender == Variant.Ours.Name || CountsMessages(of) ? null
        : results.LastOrDefault(one => one.Scenario == of.Scenario && one.Mode == of.Mode && one.Contender == Variant.Ours.Name);

    /// <summary>The broker floors settle no orders: their figures are per message.</summary>
    static bool CountsMessages(Result of) => of.Contender.StartsWith("e-", StringComparison.Ordinal);

    static IEnumerable<string> Cells(Result of, Result? ours) =>
    [
        of.Scenario + (of.Mode == "servers" ? "" : $" ({of.Mode})"),
        of.Contender,
        Rate(of),
        Ratio(ours, of, of.Of(Figure.ReadsPerSecond) is null ? Figure.SettledPerSecond : Figure.ReadsPerSecond),
        string.Join(" + ", Number(of, Figure.CpuApplication, "0.00"), Number(of, Figure.CpuDatabase, "0.00"), Number(of, Figure.CpuBroker, "0.00")),
        Range(of, Figure.CpuAll, "0.00"),
        Ratio(ours, of, Figure.CpuAll),
        $"{Number(of, Figure.PlacementP50, "0.0")} / {Number(of, Figure.PlacementP99, "0")}",
        Latencies(of),
        $"{Number(of, Figure.Transactions, "0.00")} / {Number(of, Figure.Statements, "0.0")} / {Number(of, Figure.Messages, "0.0")}",
        Number(of, Figure.AllocatedKilobytes, "0"),
        of.Findings.Count == 0 ? "hold" : $"{of.Findings.Count} BROKEN",
    ];

    static string Rate(Result of) => of.Of(Figure.SettledPerSecond) is not null ? Range(of, Figure.SettledPerSecond, "0")
        : of.Of(Figure.ReadsPerSecond) is not null ? Range(of, Figure.ReadsPerSecond, "0") + " reads"
        : Range(of, Figure.PlacedPerSecond, "0") + " placed";

    static string Latencies(Result of) => of.Of(Figure.PacedP50) is not null
        ? $"{Number(of, Figure.PacedP50, "0")} / {Number(of, Figure.PacedP95, "0")} / {Number(of, Figure.PacedP99, "0")}"
        : $"({Number(of, Figure.FullP50, "0")} / {Number(of, Figure.FullP95, "0")} / {Number(of, Figure.FullP99, "0")})";

    static string Number(Result of, string figure, string format) => of.Of(figure)?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    static string Range(Result of, string figure, string format)
    {
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return of.Of(figure) is { } spread ? $"{Text(spread.Median)} ({Text(spread.Min)}-{Text(spread.Max)})" : "-";
    }

    static string Ratio(Result? ours, Result other, string figure) => ours?.Of(figure) is { } own && other.Of(figure) is { Median: > 0 } theirs
        ? (own.Median / theirs.Median).ToString("0.00", CultureInfo.InvariantCulture) + " x"
        : "";

    static void Tell(IAnsiConsole console, Result result)
    {
        console.WriteLine($"\n{result.Scenario}, {result.Contender}, {result.Mode}:");
        foreach (var (name, text) in result.Notes)
            console.WriteLine($"  {name}: {text}");
        foreach (var finding in result.Findings.Take(10))
            console.WriteLine($"  FINDING {finding}");
    }
}
