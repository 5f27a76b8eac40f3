using System.Collections.Frozen;

namespace OrderSaga.Contracts;

/// <summary>The ISO 4217 codes of circulating money (no funds, metals or test codes) and their numbers of decimals.</summary>
public static class Currencies
{
    const string WithoutDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    const string WithThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    const string WithTwoDecimals = """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP
        DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR
        LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
        SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG
        YER ZAR ZMW ZWG
        """;

    static readonly FrozenDictionary<string, int> DecimalsOf =
        new[] { (WithoutDecimals, 0), (WithTwoDecimals, 2), (WithThreeDecimals, 3) }
            .SelectMany(list => Codes(list.Item1).Select(code => KeyValuePair.Create(code, list.Item2)))
            .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All accepted codes, upper case.</summary>
    public static IReadOnlyCollection<string> All => DecimalsOf.Keys;

    /// <summary>True for an accepted code in upper case, the form that is stored.</summary>
    public static bool IsKnown(string? code) => code is not null && DecimalsOf.ContainsKey(code);

    /// <summary>Number of decimals of the currency; 2 for an unknown code.</summary>
    public static int Decimals(string? code) => code is not null && DecimalsOf.TryGetValue(code, out var decimals) ? decimals : 2;

    /// <summary>Converts minor units to the amount shown to people: 1250 is 12.50 in EUR and 1250 in JPY.</summary>
    public static decimal Major(long minorUnits, string? code)
    {
        decimal amount = minorUnits;
        for (var i = 0; i < Decimals(code); i++)
            amount /= 10;
        return amount;
    }

    static string[] Codes(string list) => list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
