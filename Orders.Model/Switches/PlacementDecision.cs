using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Orders.Model.Placement;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Switches;

namespace Orders.Model.Switches;

/// <summary>What the placement decided about an order. The order and its first audit row keep it, so that it can be checked at any time.</summary>
/// <param name="Version">The version of the switches; null: none was ever set.</param>
/// <param name="Flow">One of <see cref="OrderFlows"/>.</param>
/// <param name="Lane">One of <see cref="OrderLanes"/>.</param>
public sealed partial record PlacementDecision(long? Version, SwitchDecision Flow, SwitchDecision Lane)
{
    static readonly PlacementDecision Default = new(null, new(OrderFlows.StockFirst, "default"), new(OrderLanes.Main, "default"));

    static readonly Counter<long> Decided = Instruments.Meter.CreateCounter<long>(
        "ordersaga.placements.decided", "{order}", "Placed orders by switch and value, once a switch was set");

    /// <summary>In the text of an order whose rule names a lane that this installation no longer has: main carries it.</summary>
    public const string NotInUse = "is not in Lanes:Use";

    public static PlacementDecision Of(SwitchesInForce switches, OrderFacts facts, LaneSettings lanes)
    {
        if (switches.Version is null)
            return Default;
        var subject = OrderSwitches.Subject(facts);
        var lane = switches.Decide(OrderSwitches.Lane, subject);
        return new(switches.Version, switches.Decide(OrderSwitches.Flow, subject),
            lanes.Used.Contains(lane.Value) ? lane : new(OrderLanes.Main, $"{lane.Value} {NotInUse}"));
    }

    /// <summary>What it decided by the switch of this name.</summary>
    public SwitchDecision Of(string name) => name == OrderSwitches.Lane ? Lane : Flow;

    internal void Count()
    {
        Decided.Add(1, new("switch", OrderSwitches.Flow), new("value", Flow.Value));
        Decided.Add(1, new("switch", OrderSwitches.Lane), new("value", Lane.Value));
    }

    internal static OrderFacts Facts(PlacementRequest request) => new(
        request.Merchant, request.Key, request.Order.Customer, request.Order.CustomerRole, request.KeyRoles,
        [.. request.Order.Lines!.Select(line => line!.Sku!)], request.Order.Class);

    /// <summary>
    /// Text of the order's first audit row: why, and the facts that the order itself does not keep. Null if nothing was decided.
    /// </summary>
    internal string? Text(OrderFacts facts)
    {
        List<string> parts = Version is null ? [] :
            [$"switches version {Version}", $"flow {Flow.Value} ({Flow.Because})", $"lane {Lane.Value} ({Lane.Because})"];
        if (Version is not null && facts.KeyRoles.Count > 0)
            parts.Add($"key roles {string.Join(' ', facts.KeyRoles)}");
        if (facts.CustomerRole is { } role)
            parts.Add($"customer role {role}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    /// <summary>The roles in the text of the order's first audit row.</summary>
    public static (IReadOnlyList<string> KeyRoles, string? CustomerRole) Roles(string? text) =>
        (KeyRolesIn().Match(text ?? "") is { Success: true } keys ? keys.Groups["roles"].Value.Split(' ') : [],
            CustomerRoleIn().Match(text ?? "") is { Success: true } role ? role.Groups["role"].Value : null);

    [GeneratedRegex("(^|; )key roles (?<roles>[a-z ]+)(;|$)", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex KeyRolesIn();

    [GeneratedRegex("(^|; )customer role (?<role>[a-z0-9._-]+)$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex CustomerRoleIn();
}

/// <summary>What the rules of switches can depend on.</summary>
/// <param name="Merchant">Owner of the order.</param>
/// <param name="IdempotencyKey">The caller's key.</param>
/// <param name="Customer">The merchant's reference of the customer; null: none.</param>
/// <param name="CustomerRole">What the customer is to the merchant; null: nothing in particular.</param>
/// <param name="KeyRoles">Roles of the API key that placed the order; none over the bus.</param>
/// <param name="Skus">The ordered products.</param>
/// <param name="Class">Order class; null: none.</param>
public sealed record OrderFacts(
    string Merchant, string IdempotencyKey, string? Customer, string? CustomerRole, IReadOnlyList<string> KeyRoles, IReadOnlyList<string> Skus, string? Class);
