using System.Text.RegularExpressions;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>What a sku may look like; upper and lower case differ.</summary>
static partial class Sku
{
    public const int MaxLength = 64;
    public const string BadTitle = "The sku is not valid.";

    public static bool IsValid(string? sku) => sku is not null && Pattern().IsMatch(sku);

    public static string Check(string sku) => IsValid(sku) ? sku
        : throw new Problem(400, "bad-sku", BadTitle,
            $"Use 1 to {MaxLength} of the characters A-Z a-z 0-9 . _ - and begin with a letter or a digit, e.g. tea-001.");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
