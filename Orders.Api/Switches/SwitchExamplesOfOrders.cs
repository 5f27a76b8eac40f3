using Orders.Model;
using Orders.Model.Switches;
using OrderSaga.Platform.Switches;

namespace Orders.Api.Switches;

/// <summary>Examples for the API document.</summary>
static class SwitchExamplesOfOrders
{
    const string Reason = "try the new flow with one merchant";
    static readonly DateTime At = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
    static readonly string[] Dimensions = ["merchant", "customer", "customerRole", "keyRole", "product", "class"];

    public static readonly SwitchRule Rule = new(
        OrderFlows.BothAtOnce, new Dictionary<string, IReadOnlyList<string>?> { ["merchant"] = ["acme"] }, 10, "customers");

    public static readonly SwitchExamples Switch = new(
        new SwitchView(OrderSwitches.Flow, "The version of the order process.", OrderFlows.All, Dimensions, ["orders", "customers", "merchants"],
            new SwitchVersionView(17, false, [Rule], "kim", Reason, At), null),
        Rule, Reason);

    public static readonly PreviewView Preview = new(
        200, new Dictionary<string, int> { [OrderFlows.BothAtOnce] = 9, [OrderFlows.StockFirst] = 191 },
        new Dictionary<string, IReadOnlyDictionary<string, int>>
        {
            ["acme"] = new Dictionary<string, int> { [OrderFlows.BothAtOnce] = 9, [OrderFlows.StockFirst] = 191 },
        },
        9, [new PreviewChange(Guid.Parse("019c13f2-6c00-7a51-8f3e-2b7d64c1a901"), "acme", OrderFlows.StockFirst, OrderFlows.BothAtOnce, "rule 1")]);
}
