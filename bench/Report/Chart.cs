using System.Globalization;
using System.Net;
using System.Text;

namespace OrderSaga.Bench;

/// <summary>Draws the contenders of one scenario as SVG: orders per second and CPU time per order.</summary>
static class Chart
{
    const int Row = 26;
    const int Label = 150;
    const int Bars = 300;
    const int Width = (2 * (Label + Bars)) + 40;

    static readonly (string Figure, string Name, string Color)[] Parts =
    [
        (Figure.CpuApplication, "application", "#3b6ea5"), (Figure.CpuDatabase, "database", "#7fb069"), (Figure.CpuBroker, "broker", "#e6aa4f"),
    ];

    public static Task Write(string file, IReadOnlyList<Result> results)
    {
        var scenario = results.FirstOrDefault(result => result.Contender == Variant.Ours.Name)?.Scenario;
        var shown = results.Where(result => result.Scenario == scenario && result.Of(Figure.SettledPerSecond) is not null).ToList();
        return File.WriteAllTextAsync(file, Draw($"{scenario}", shown));
    }

    static string Draw(string scenario, List<Result> results)
    {
        var height = ((results.Count + 2) * Row) + 30;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect width="{Width}" height="{height}" fill="white"/>""");
        Text(svg, 10, 20, $"{scenario}: settled orders per second");
        Text(svg, Label + Bars + 40, 20, "CPU milliseconds per order");
        var fastest = results.Max(result => result.Of(Figure.SettledPerSecond)!.Median);
        var dearest = results.Max(result => result.Of(Figure.CpuAll)?.Median ?? 0);
        for (var i = 0; i < results.Count; i++)
        {
            var y = 34 + (i * Row);
            var rate = results[i].Of(Figure.SettledPerSecond)!.Median;
            Text(svg, 10, y + 14, results[i].Contender);
            Bar(svg, Label, y, rate / fastest, "#3b6ea5");
            Text(svg, Label + (rate / fastest * (Bars - 60)) + 6, y + 14, rate.ToString("0", CultureInfo.InvariantCulture));
            Stack(svg, results[i], y, dearest);
        }

        Legend(svg, height - 14);
        return svg.AppendLine("</svg>").ToString();
    }

    static void Stack(StringBuilder svg, Result result, int y, double dearest)
    {
        var x = (double)(Label + Bars + 40);
        foreach (var (figure, _, color) in Parts)
        {
            var share = (result.Of(figure)?.Median ?? 0) / dearest;
            Bar(svg, x, y, share, color);
            x += share * (Bars - 60);
        }

        if (result.Of(Figure.CpuAll) is { } all)
            Text(svg, x + 6, y + 14, all.Median.ToString("0.00", CultureInfo.InvariantCulture));
    }

    static void Legend(StringBuilder svg, int y)
    {
        var x = Label + Bars + 40;
        foreach (var (_, name, color) in Parts)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{x}" y="{y - 10}" width="10" height="10" fill="{color}"/>""");
            Text(svg, x + 15, y, name);
            x += 95;
        }
    }

    static void Bar(StringBuilder svg, double x, int y, double share, string color) => svg.AppendLine(CultureInfo.InvariantCulture,
        $"""<rect x="{x:0.0}" y="{y}" width="{share * (Bars - 60):0.0}" height="{Row - 8}" fill="{color}"/>""");

    static void Text(StringBuilder svg, double x, int y, string text) => svg.AppendLine(CultureInfo.InvariantCulture,
        $"""<text x="{x:0.0}" y="{y}" fill="#222">{WebUtility.HtmlEncode(text)}</text>""");
}
