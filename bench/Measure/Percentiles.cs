namespace OrderSaga.Bench;

/// <summary>Percentiles of latencies in milliseconds; nearest rank.</summary>
static class Percentiles
{
    /// <summary>The value not exceeded by <paramref name="share"/> (0 to 1) of the sorted values; NaN if empty.</summary>
    public static double At(IReadOnlyList<double> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
