using System.Globalization;

namespace Reconciler.Job;

/// <summary>Numbers as a finance person reads them.</summary>
static class Amounts
{
    /// <summary>ISO 4217 currencies that do not have two decimals; the rest do.</summary>
    static readonly Dictionary<string, int> Decimals = new(StringComparer.Ordinal)
    {
        ["BIF"] = 0, ["CLP"] = 0, ["DJF"] = 0, ["GNF"] = 0, ["ISK"] = 0, ["JPY"] = 0, ["KMF"] = 0, ["KRW"] = 0, ["PYG"] = 0, ["RWF"] = 0, ["UGX"] = 0,
        ["UYI"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0, ["XPF"] = 0,
        ["BHD"] = 3, ["IQD"] = 3, ["JOD"] = 3, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3, ["TND"] = 3,
    };

    static readonly NumberFormatInfo Thin = new() { NumberGroupSeparator = "\u202f", NumberDecimalSeparator = ".", NegativeSign = "\u2212" };

    public static string Money(long minorUnits, string? currency)
    {
        var decimals = Decimals.GetValueOrDefault(currency ?? "", 2);
        var major = minorUnits / (decimal)Math.Pow(10, decimals);
        return $"{major.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), Thin)}\u00a0{currency}".TrimEnd('\u00a0');
    }

    public static string Count(long number) => number.ToString("N0", Thin);

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        { TotalMinutes: < 2 } => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s",
        { TotalHours: < 2 } => time.TotalMinutes.ToString("0", CultureInfo.InvariantCulture) + " min",
        _ => time.TotalHours.ToString("0.0", CultureInfo.InvariantCulture) + " h",
    };

    public static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
