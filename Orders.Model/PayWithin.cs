using OrderSaga.Contracts;

namespace Orders.Model;

/// <summary>
/// Time to pay, from the placement, seconds: by order class (a flash sale holds its stock for minutes) and by merchant. The first one set
/// applies: the merchant's for the class, the class's, the merchant's, Seconds. Bound from the section <c>Orders:PayWithin</c>; checked at
/// start.
/// </summary>
public sealed class PayWithin
{
    const int Longest = 7 * 24 * 3600;

    /// <summary>The time to pay where nothing else is set, seconds.</summary>
    public int Seconds { get; set; } = 900;

    /// <summary>Seconds by class name. Orders may use only these classes.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By the merchant's name.</summary>
    public Dictionary<string, MerchantPayWithin> Merchants { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the merchant's orders may have this class.</summary>
    public bool Knows(string merchant, string orderClass) => Classes.ContainsKey(orderClass) || OfMerchant(merchant)?.Classes.ContainsKey(orderClass) == true;

    public TimeSpan For(string merchant, string? orderClass)
    {
        var own = OfMerchant(merchant);
        var seconds = orderClass is null ? null : Of(own?.Classes, orderClass) ?? Of(Classes, orderClass);
        return TimeSpan.FromSeconds(seconds ?? own?.Seconds ?? Seconds);
    }

    /// <summary>Throws with an explanation if a value is invalid.</summary>
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
                throw new InvalidOperationException($"Orders:PayWithin:{where}:{name}: a class must be {FieldRules.ClassRule}.");
            CheckSeconds($"{where}:{name}", seconds, firstCheckSeconds);
        }
    }

    static void CheckSeconds(string where, int seconds, int firstCheckSeconds)
    {
        if (seconds > Longest || seconds <= firstCheckSeconds)
            throw new InvalidOperationException($"Orders:PayWithin:{where} must be more than FirstCheckSeconds and at most {Longest}.");
    }
}

/// <summary>Exceptions for one merchant.</summary>
public sealed class MerchantPayWithin
{
    /// <summary>The merchant's time to pay for orders without a class, seconds.</summary>
    public int? Seconds { get; set; }

    /// <summary>The merchant's time to pay for one class, seconds.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);
}
