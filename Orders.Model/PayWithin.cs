using System.Text.RegularExpressions;

namespace Orders.Model;

/// <summary>
/// From the placement to the end of the time to pay, minutes: by the order's class (a flash sale holds its stock for minutes) and by the
/// merchant. The first that is set counts: the merchant's for the class, the class's, the merchant's, Minutes. Section <c>Orders:PayWithin</c>; checked
/// at start.
/// </summary>
public sealed partial class PayWithin
{
    const int Longest = 7 * 24 * 60;

    public const string ClassRule = "1 to 40 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit";

    public int Minutes { get; set; } = 15;

    /// <summary>By the class's name. Orders may name these classes, and no others.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, MerchantPayWithin> Merchants { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The merchant's orders may be of this class.</summary>
    public bool Knows(string merchant, string orderClass) => Classes.ContainsKey(orderClass) || OfMerchant(merchant)?.Classes.ContainsKey(orderClass) == true;

    public TimeSpan For(string merchant, string? orderClass)
    {
        var own = OfMerchant(merchant);
        var minutes = orderClass is null ? null : Of(own?.Classes, orderClass) ?? Of(Classes, orderClass);
        return TimeSpan.FromMinutes(minutes ?? own?.Minutes ?? Minutes);
    }

    public static bool ValidClass(string name) => ClassName().IsMatch(name);

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check(int firstCheckSeconds)
    {
        CheckMinutes("Minutes", Minutes, firstCheckSeconds);
        CheckClasses("Classes", Classes, firstCheckSeconds);
        foreach (var (merchant, own) in Merchants)
        {
            if (own.Minutes is { } minutes)
                CheckMinutes($"Merchants:{merchant}:Minutes", minutes, firstCheckSeconds);
            CheckClasses($"Merchants:{merchant}:Classes", own.Classes, firstCheckSeconds);
        }
    }

    MerchantPayWithin? OfMerchant(string merchant) => Merchants.GetValueOrDefault(merchant);

    static int? Of(Dictionary<string, int>? classes, string name) => classes is not null && classes.TryGetValue(name, out var minutes) ? minutes : null;

    static void CheckClasses(string where, Dictionary<string, int> classes, int firstCheckSeconds)
    {
        foreach (var (name, minutes) in classes)
        {
            if (!ValidClass(name))
                throw new InvalidOperationException($"Orders:PayWithin:{where}:{name}: a class is {ClassRule}.");
            CheckMinutes($"{where}:{name}", minutes, firstCheckSeconds);
        }
    }

    static void CheckMinutes(string where, int minutes, int firstCheckSeconds)
    {
        if (minutes is < 1 or > Longest || minutes * 60 <= firstCheckSeconds)
            throw new InvalidOperationException($"Orders:PayWithin:{where} must be 1 to {Longest}, and longer than FirstCheckSeconds.");
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,39}\z", RegexOptions.None, 100)]
    private static partial Regex ClassName();
}

/// <summary>What differs for one merchant.</summary>
public sealed class MerchantPayWithin
{
    public int? Minutes { get; set; }

    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);
}
