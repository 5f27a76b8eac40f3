using System.Text.RegularExpressions;

namespace OrderSaga.Inventory;

/// <summary>What a sku may look like; upper and lower case differ.</summary>
static partial class Sku
{
    public const int MaxLength = 64;

    public static bool IsValid(string? sku) => sku is not null && Pattern().IsMatch(sku);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
