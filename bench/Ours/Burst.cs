namespace OrderSaga.Bench;

/// <summary>A load from its first order until its last order is final.</summary>
/// <param name="Placed">Placements as measured by the callers.</param>
/// <param name="Orders">Orders as stored by the system.</param>
/// <param name="Before">Resources used before the first order.</param>
/// <param name="After">Resources used after the last order was final.</param>
/// <param name="PlacingSeconds">Time from the first request to the last answer.</param>
/// <param name="States">Median time in each state.</param>
sealed record Burst(
    IReadOnlyCollection<Placement> Placed, IReadOnlyList<OrderTime> Orders, Sample Before, Sample After, double PlacingSeconds, IReadOnlyList<StateTime> States)
{
    /// <summary>Time from the first placement to the last final state.</summary>
    public double Seconds => (Orders.Max(order => order.UpdatedAt) - Orders.Min(order => order.CreatedAt)).TotalSeconds;

    public double SettledPerSecond => Orders.Count(order => order.Ended) / Seconds;

    /// <summary>The figures of a run at the full rate.</summary>
    public Dictionary<string, double> Figures()
    {
        var settled = Sorted(Orders.Where(order => order.Ended).Select(order => order.Milliseconds));
        var placing = Sorted(Placed.Select(placement => placement.Milliseconds));
        var figures = new Dictionary<string, double>
        {
            [Figure.Orders] = Orders.Count,
            [Figure.Completed] = Orders.Count(order => order.State == "Completed"),
            [Figure.Seconds] = Seconds,
            [Figure.SettledPerSecond] = SettledPerSecond,
            [Figure.PlacedPerSecond] = Placed.Count / PlacingSeconds,
            [Figure.PlacementP50] = Percentiles.At(placing, 0.5),
            [Figure.PlacementP99] = Percentiles.At(placing, 0.99),
            [Figure.FullP50] = Percentiles.At(settled, 0.5),
            [Figure.FullP95] = Percentiles.At(settled, 0.95),
            [Figure.FullP99] = Percentiles.At(settled, 0.99),
        };
        foreach (var (figure, value) in After.PerOrderSince(Before, Orders.Count))
            figures[figure] = value;
        return figures;
    }

    /// <summary>The figures of a load at a fixed rate.</summary>
    public IEnumerable<(string Figure, double Value)> PacedFigures()
    {
        var settled = Sorted(Orders.Where(order => order.Ended).Select(order => order.Milliseconds));
        var placing = Sorted(Placed.Select(placement => placement.Milliseconds));
        yield return (Figure.PacedRate, Placed.Count / PlacingSeconds);
        yield return (Figure.PacedP50, Percentiles.At(settled, 0.5));
        yield return (Figure.PacedP95, Percentiles.At(settled, 0.95));
        yield return (Figure.PacedP99, Percentiles.At(settled, 0.99));
        yield return (Figure.PacedSlowest, Percentiles.At(settled, 1));
        yield return (Figure.PacedPlacementP50, Percentiles.At(placing, 0.5));
        yield return (Figure.PacedPlacementP99, Percentiles.At(placing, 0.99));
        foreach (var (figure, value) in After.PerOrderSince(Before, Orders.Count).Where(pair => pair.Figure is Figure.CpuAll or Figure.Transactions))
            yield return (Figure.Paced + figure, value);
        foreach (var (state, milliseconds) in States)
            yield return (Figure.PacedIn + state, milliseconds);
    }

    static List<double> Sorted(IEnumerable<double> values) => [.. values.Order()];
}
