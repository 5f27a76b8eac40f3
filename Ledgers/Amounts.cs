using System.Globalization;
using OrderSaga.Contracts;

namespace OrderSaga.Ledgers;

/// <summary>Formats numbers for finance readers.</summary>
public static class Amounts
{
    static readonly NumberFormatInfo Thin = new() { NumberGroupSeparator = "\u202f", NumberDecimalSeparator = ".", NegativeSign = "\u2212" };

    public static string Money(long minorUnits, string? currency)
    {
        var decimals = Currencies.Decimals(currency).ToString(CultureInfo.InvariantCulture);
        return $"{Currencies.Major(minorUnits, currency).ToString("N" + decimals, Thin)}\u00a0{currency}".TrimEnd('\u00a0');
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
