using OrderSaga.Contracts;

namespace Orders.Model;

/// <summary>
/// From the placement to the end of the time to pay, seconds: by the order's class (a flash sale holds its stock for minutes) and by the
/// merchant. The first that is set counts: the merchant's for the class, the class's, the merchant's, Seconds. Section <c>Orders:PayWithin</c>; checked
/// at start.
/// </summary>
public sealed class PayWithin
{
    const int Longest = 7 * 24 * 3600;

    /// <summary>The time to pay where nothing else is set, seconds.</summary>
    public int Seconds { get; set; } = 900;

    /// <summary>By the class's name. Orders may name these classes, and no others.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By the merchant's name.</summary>
    public Dictionary<string, MerchantPayWithin> Merchants { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The merchant's orders may be of this class.</summary>
    public bool Knows(string merchant, string orderClass) => Classes.ContainsKey(orderClass) || OfMerchant(merchant)?.Classes.ContainsKey(orderClass) == true;

    public TimeSpan For(string merchant, string? orderClass)
    {
        var own = OfMerchant(merchant);
        var seconds = orderClass is null ? null : Of(own?.Classes, orderClass) ?? Of(Classes, orderClass);
        return TimeSpan.FromSeconds(seconds ?? own?.Seconds ?? Seconds);
    }

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check(int firstCheckSeconds)
    {
        CheckSeconds("Seconds", Seconds, firstCheckSeconds);
        CheckClasses("Classes", Classes, firstCheckSeconds);
        foreach (var (merchant, own) in Merchants)
        {
            if (own.Seconds is { } seconds)
                CheckSeconds($"Merchants:{merchant}:Seconds", seconds, firstCheckSeconds);
            CheckClasses($"Merchants:{merchant}:Classes", own.Classes, firstCheckSeconds);
        }
    }

    MerchantPayWithin? OfMerchant(string merchant) => Merchants.GetValueOrDefault(merchant);

    static int? Of(Dictionary<string, int>? classes, string name) => classes is not null && classes.TryGetValue(name, out var seconds) ? seconds : null;

    static void CheckClasses(string where, Dictionary<string, int> classes, int firstCheckSeconds)
    {
        foreach (var (name, seconds) in classes)
        {
            if (!FieldRules.IsClass(name))
                throw new InvalidOperationException($"Orders:PayWithin:{where}:{name}: a class is {FieldRules.ClassRule}.");
            CheckSeconds($"{where}:{name}", seconds, firstCheckSeconds);
        }
    }

    static void CheckSeconds(string where, int seconds, int firstCheckSeconds)
    {
        if (seconds > Longest || seconds <= firstCheckSeconds)
            throw new InvalidOperationException($"Orders:PayWithin:{where} must be more than FirstCheckSeconds and at most {Longest}.");
    }
}

/// <summary>What differs for one merchant.</summary>
public sealed class MerchantPayWithin
{
    /// <summary>The merchant's time to pay for orders without a class, seconds.</summary>
    public int? Seconds { get; set; }

    /// <summary>The merchant's time to pay for one class, seconds.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);
}
