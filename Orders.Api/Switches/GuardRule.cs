using System.Globalization;

namespace Orders.Api.Switches;

/// <summary>Orders of one value of a switch.</summary>
/// <param name="Value">The value.</param>
/// <param name="Orders">All orders.</param>
/// <param name="Failed">Those that need review or that the system cancelled; a cancellation by the merchant does not count.</param>
sealed record GuardCount(string Value, int Orders, int Failed);

/// <summary>Decides whether a new value does so badly that its switch must be killed. Pure.</summary>
static class GuardRule
{
    /// <summary>Fewer failures may be chance.</summary>
    const int MinFailed = 5;

    /// <returns>The reason to kill; null: none.</returns>
    /// <param name="standard">The orders with the default value; without any there is nothing to compare with.</param>
    /// <param name="other">The orders with another value.</param>
    /// <param name="ratio">How many times as often the others may fail.</param>
    /// <param name="minOrders">Fewer orders are not judged.</param>
    public static string? Judge(GuardCount standard, GuardCount other, double ratio, int minOrders)
    {
        if (standard.Orders < minOrders || other.Orders < minOrders || other.Failed < MinFailed)
            return null;
        // At least one failed order of the default: with none, any failure of the other value would exceed the allowed share of 0.
        var allowed = ratio * Math.Max(1, standard.Failed) / standard.Orders;
        return (double)other.Failed / other.Orders <= allowed ? null : string.Create(CultureInfo.InvariantCulture,
            $"{other.Failed} of {other.Orders} orders with {other.Value} failed, {standard.Failed} of {standard.Orders} with {standard.Value}");
    }
}
