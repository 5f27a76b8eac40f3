using OrderSaga.Contracts;

namespace Orders.Model;

/// <summary>
/// Time to pay in seconds after the placement, by order class (a flash sale holds its stock for minutes) and by merchant. The first value
/// that is set applies: of the merchant for the class, of the class, of the merchant, <see cref="Seconds"/>. Bound from the section
/// <c>Orders:TimeToPay</c>; checked at start.
/// </summary>
public sealed class TimeToPaySettings
{
    const int MaxSeconds = 7 * 24 * 3600;

    /// <summary>The time to pay if neither merchant nor class has one, seconds.</summary>
    public int Seconds { get; set; } = 900;

    /// <summary>Seconds by class name. Orders may use only these classes.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By the merchant's name.</summary>
    public Dictionary<string, MerchantTimeToPay> Merchants { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the merchant's orders may have this class.</summary>
    public bool HasClass(string merchant, string orderClass) => Classes.ContainsKey(orderClass)
        || FindMerchant(merchant)?.Classes.ContainsKey(orderClass) == true;

    /// <summary>True if any merchant's orders may have this class.</summary>
    public bool HasClass(string orderClass) => Classes.ContainsKey(orderClass) || Merchants.Values.Any(own => own.Classes.ContainsKey(orderClass));

    public TimeSpan For(string merchant, string? orderClass)
    {
        var own = FindMerchant(merchant);
        var seconds = orderClass is null ? null : FindClass(own?.Classes, orderClass) ?? FindClass(Classes, orderClass);
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

    MerchantTimeToPay? FindMerchant(string merchant) => Merchants.GetValueOrDefault(merchant);

    static int? FindClass(Dictionary<string, int>? classes, string name) => classes is not null && classes.TryGetValue(name, out var seconds) ? seconds : null;

    static void CheckClasses(string where, Dictionary<string, int> classes, int firstCheckSeconds)
    {
        foreach (var (name, seconds) in classes)
        {
            if (!FieldRules.IsClass(name))
                throw new InvalidOperationException($"Orders:TimeToPay:{where}:{name}: a class must be {FieldRules.ClassRule}.");
            CheckSeconds($"{where}:{name}", seconds, firstCheckSeconds);
        }
    }

    static void CheckSeconds(string where, int seconds, int firstCheckSeconds)
    {
        if (seconds > MaxSeconds || seconds <= firstCheckSeconds)
            throw new InvalidOperationException($"Orders:TimeToPay:{where} must be more than FirstRetryDelaySeconds and at most {MaxSeconds}.");
    }
}

/// <summary>Exceptions for one merchant.</summary>
public sealed class MerchantTimeToPay
{
    /// <summary>The merchant's time to pay for orders without a class, seconds.</summary>
    public int? Seconds { get; set; }

    /// <summary>The merchant's time to pay for one class, seconds.</summary>
    public Dictionary<string, int> Classes { get; } = new(StringComparer.OrdinalIgnoreCase);
}
