namespace Orders.Model;

/// <summary>The versions of the order process. An order keeps the one that its placement chose.</summary>
public static class OrderFlows
{
    /// <summary>Stock is tried first, so that a sold-out order never touches a card.</summary>
    public const string StockFirst = "stock-first";

    /// <summary>Stock and payment are tried together: two messages less until the order is complete. For goods that rarely sell out.</summary>
    public const string BothAtOnce = "both-at-once";

    /// <summary>The default first.</summary>
    public static IReadOnlyList<string> All { get; } = [StockFirst, BothAtOnce];
}
