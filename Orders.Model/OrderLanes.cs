using OrderSaga.Platform.Common;

namespace Orders.Model;

/// <summary>The lanes: each has its own queues, so that one group of orders cannot hold up another. An order keeps its lane,
/// unless recovery or an operator moves it to main.</summary>
public static class OrderLanes
{
    public const string Main = Lane.Main;

    /// <summary>Orders that try a new build before customers do.</summary>
    public const string Pilot = "pilot";

    /// <summary>A few ordinary customers.</summary>
    public const string Grey = "grey";

    public const string Vip = "vip";

    /// <summary>The default first.</summary>
    public static IReadOnlyList<string> All { get; } = [Main, Pilot, Grey, Vip];
}
