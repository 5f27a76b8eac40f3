namespace Reconciler.Job;

/// <summary>Charts as inline SVG: printable, without scripts or files.</summary>
static class Charts
{
    static readonly (string Name, string Colour, FindingOutcome[] Outcomes)[] Groups =
    [
        ("repaired", "var(--good)", [FindingOutcome.Repaired]),
        ("new case", "var(--bad)", [FindingOutcome.CaseOpened]),
        ("known case, or repair in progress", "var(--calm)", [FindingOutcome.CaseKnown, FindingOutcome.InProgress]),
        ("unchanged: dry run, or over budget", "var(--warn)",
            [FindingOutcome.WouldRepair, FindingOutcome.WouldOpenCase, FindingOutcome.OverBudget, FindingOutcome.OverLimit, FindingOutcome.Found]),
        ("accepted, or no longer found", "var(--blue)", [FindingOutcome.Accepted, FindingOutcome.Gone]),
    ];

    const int Width = 1000;
    const int Row = 30;
    const int Label = 270;

    /// <summary>One bar per class, divided by outcome.</summary>
    public static Html Classes(RunReport report)
    {
        var max = report.Classes.Max(one => one.Count);
        var height = report.Classes.Count * Row + 6;
        return Html.Of($"""
            <h2>Differences by class and outcome</h2>
            <section class="card">
            <svg viewBox="0 0 {Width} {height}" role="img" aria-label="Findings by class">{report.Classes.Select((one, i) => Bar(one, i, max))}</svg>
            <div class="legend">{Groups.Where(group => report.Classes.Any(one => Count(one, group.Outcomes) > 0)).Select(Legend)}</div>
            </section>
            """);
    }

    static Html Bar(ClassReport one, int index, int max)
    {
        var (y, x, parts) = (index * Row, (double)Label, new List<Html>());
        foreach (var (name, colour, outcomes) in Groups)
        {
            if (Count(one, outcomes) is not (> 0 and var count))
                continue;
            var wide = (Width - Label - 80) * (double)count / max;
            parts.Add(Html.Of($"""
                <rect x="{x:0.#}" y="{y + 5}" width="{wide:0.#}" height="{Row - 10}" style="fill: {new Html(colour)}"><title>{count} {name}</title></rect>
                """));
            x += wide;
        }

        return Html.Of($"""
            <text x="{Label - 14}" y="{y + 20}" text-anchor="end" font-size="14">{one.Class}</text>{parts}
            <text x="{x + 10:0.#}" y="{y + 20}" font-size="14" font-weight="600">{Amounts.Count(one.Count)}</text>
            """);
    }

    static Html Legend((string Name, string Colour, FindingOutcome[] Outcomes) group) =>
        Html.Of($"<span><i style=\"background: {new Html(group.Colour)}\"></i>{group.Name}</span>");

    static int Count(ClassReport one, FindingOutcome[] outcomes) => outcomes.Sum(outcome => one.Outcomes.GetValueOrDefault(outcome.ToString()));

    const int DayHeight = 150;

    /// <summary>Two columns per day: captured less refunded and unsettled, and settled by the gateway.</summary>
    public static Html Days(string currency, IReadOnlyList<MoneyBalance> days)
    {
        var max = Math.Max(1, days.Max(day => Math.Max(Math.Abs(Due(day)), Math.Abs(day.Settled))));
        var step = Math.Min(120.0, (double)Width / days.Count);
        return Html.Of($"""
            <svg viewBox="0 0 {Width} {DayHeight + 26}" role="img" aria-label="{currency}: captured and settled by day">
            <line x1="0" x2="{Width}" y1="{DayHeight}" y2="{DayHeight}" style="stroke: var(--line)"/>
            {days.Select((day, i) => Day(day, i * step, step, max))}</svg>
            <div class="legend"><span><i style="background: var(--blue)"></i>captured − refunded − not settled yet</span>
            <span><i style="background: var(--good)"></i>settled by the gateway</span></div>
            """);
    }

    static Html Day(MoneyBalance day, double x, double step, long max)
    {
        var wide = step * .32;
        return Html.Of($"""
            {Column(x + step * .14, wide, Due(day), max, "var(--blue)")}{Column(x + step * .14 + wide + 2, wide, day.Settled, max, "var(--good)")}
            <text x="{x + step / 2:0.#}" y="{DayHeight + 18}" text-anchor="middle" font-size="12">{day.Day:MM-dd}</text>
            """);
    }

    /// <summary>The amount that the arrived files should contain.</summary>
    static long Due(MoneyBalance day) => day.Captured - day.Refunded - day.Pending;

    static Html Column(double x, double wide, long value, long max, string colour)
    {
        var high = (DayHeight - 8) * (double)Math.Abs(value) / max;
        return Html.Of($"<rect x=\"{x:0.#}\" y=\"{DayHeight - high:0.#}\" width=\"{wide:0.#}\" height=\"{high:0.#}\" style=\"fill: {new Html(colour)}\"/>");
    }
}
