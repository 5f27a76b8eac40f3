using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Orders.Model;
using Orders.Model.Switches;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Switches;

namespace Orders.Api.Switches;

/// <summary>Rules to try on past orders.</summary>
/// <param name="Rules">As for PUT.</param>
/// <param name="Last">How many of the orders that changed last, 1 to 1,000; default 200.</param>
sealed record PreviewRequest(IReadOnlyList<SwitchRule?>? Rules, [property: Range(1, PreviewEndpoint.MaxOrders)] int? Last = null);

/// <summary>What rules would decide about past orders.</summary>
/// <param name="Orders">Number of orders read.</param>
/// <param name="Values">Orders by the value that the rules give.</param>
/// <param name="Merchants">The same by merchant.</param>
/// <param name="Changed">Number of orders that get another value than by the rules in force.</param>
/// <param name="Examples">Up to 20 of them.</param>
sealed record PreviewView(
    int Orders, IReadOnlyDictionary<string, int> Values, IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Merchants, int Changed,
    IReadOnlyList<PreviewChange> Examples);

/// <summary>An order that the rules would decide in another way.</summary>
/// <param name="OrderId">The order; it keeps its own decision.</param>
/// <param name="Merchant">Its merchant.</param>
/// <param name="InForce">By the rules in force.</param>
/// <param name="Proposed">By the rules sent.</param>
/// <param name="Because">The deciding rule.</param>
sealed record PreviewChange(Guid OrderId, string Merchant, string InForce, string Proposed, string Because);

/// <summary>POST /switches/{name}/preview: changes nothing.</summary>
static class PreviewEndpoint
{
    public const int MaxOrders = 1000;
    const int DefaultOrders = 200;
    const int MaxExamples = 20;

    public static void MapPreview(this IEndpointRouteBuilder switches) => switches.MapPost("/{name}/preview", Preview)
        .WithName("PreviewSwitch").WithSummary("What rules would decide about past orders; changes nothing")
        .RequireRole(Roles.Release, Roles.Operator).LimitRate()
        .RequestExample(new PreviewRequest([SwitchExamplesOfOrders.Rule], 200)).Produces<PreviewView>().ResponseExample(200, SwitchExamplesOfOrders.Preview)
        .ProducesProblem(ProblemTypes.SwitchNotFound, ProblemTypes.InvalidSwitchRules);

    static async Task<PreviewView> Preview(
        [Description("The switch.")] string name, PreviewRequest request, SwitchCatalogue catalogue, SwitchSettings settings, SwitchReader reader,
        LaneSettings lanes, OrdersDb db, HttpContext http)
    {
        var definition = SwitchCalls.Find(catalogue, name);
        var rules = SwitchCalls.Check(definition, request.Rules, settings);
        await SwitchCalls.CheckNames(definition, rules, db);
        var proposed = new SwitchRules(definition, rules);
        if (request.Last is < 1 or > MaxOrders)
            throw Problem.At(ProblemTypes.InvalidSwitchRules, "/last", $"Use 1 to {MaxOrders}, or omit it.");
        var inForce = await reader.Read(db);
        var orders = await PastOrders.Read(db, request.Last ?? DefaultOrders, http.RequestAborted);
        return Compare(orders, facts => PlacementDecision.Of(inForce, facts, lanes).Of(name), facts => proposed.Decide(OrderSwitches.Subject(facts)));
    }

    static PreviewView Compare(IReadOnlyList<PastOrder> orders, Func<OrderFacts, SwitchDecision> inForce, Func<OrderFacts, SwitchDecision> proposed)
    {
        var decided = orders.Select(order => (Order: order, InForce: inForce(order.Facts), Proposed: proposed(order.Facts))).ToList();
        var changed = decided.Where(one => one.InForce.Value != one.Proposed.Value).ToList();
        return new PreviewView(
            orders.Count, Count(decided.Select(one => one.Proposed.Value)),
            decided.GroupBy(one => one.Order.Facts.Merchant).OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => (IReadOnlyDictionary<string, int>)Count(group.Select(one => one.Proposed.Value))),
            changed.Count,
            [.. changed.Take(MaxExamples).Select(one => new PreviewChange(
                one.Order.Id, one.Order.Facts.Merchant, one.InForce.Value, one.Proposed.Value, one.Proposed.Because))]);
    }

    static Dictionary<string, int> Count(IEnumerable<string> values) =>
        values.GroupBy(value => value).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());
}
