using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Orders.Model;

namespace Reconciler.Job.Tests;

/// <summary>
/// Stalled orders: the participants' responses are fetched and delivered; without one, the order is a case until it has moved on.
/// </summary>
public sealed class ReviewTests
{
    const string Unreachable = "http://127.0.0.1:9";
    static readonly string[] Quick = ["Recovery:IntervalSeconds=1", "Recovery:ReviewIntervalSeconds=1", "Recovery:LeaseSeconds=2"];

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_lost_response_is_fetched_from_the_participant(Mode mode)
    {
        await using var shop = await Shop.Open(mode, Quick);
        var order = await shop.Order();
        await shop.Stuck(order, OrderStates.ConfirmingStock);

        await shop.Becomes(order, OrderStates.Completed);
        (await shop.Causes(order)).ShouldSatisfyAllConditions(
            causes => causes[^1].ShouldBe("StockConfirmed"), causes => causes.ShouldNotContain(OrderAudit.RecoveryCause));
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_missing_response_ends_the_review_and_its_case(Mode mode)
    {
        await using var shop = await Shop.Open(mode, Quick);
        var order = await shop.Order();
        await shop.InReview(order, OrderStates.ConfirmingStock);

        await shop.Becomes(order, OrderStates.Completed);
        var resolved = await WaitUntilResolved(shop);
        ((string)resolved["case"]!["class"]!).ShouldBe("order-needs-review");
        ((Guid)resolved["case"]!["orderId"]!).ShouldBe(order);
        ((string)resolved["case"]!["severity"]!).ShouldBe("High", "the money is captured");
        ((DateTime)resolved["case"]!["dueAt"]! - (DateTime)resolved["case"]!["openedAt"]!).ShouldBe(TimeSpan.FromHours(24));
        ((string)resolved["evidence"]!["stock"]!["state"]!).ShouldBe("Confirmed");
        ((string)resolved["evidence"]!["order"]!["reviewFrom"]!).ShouldBe(OrderStates.ConfirmingStock);
        Changes(resolved).ShouldBe([">Open by recovery", "Open>Resolved by resolve by recovery"]);
        (await shop.Db(db => db.Cases.CountAsync())).ShouldBe(1);
        (await shop.Db(db => db.Cases.AllAsync(row => row.AlertedAt != null))).ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_operators_retry_resumes_the_order(Mode mode)
    {
        await using var shop = await Shop.Open(mode, [.. Quick, $"Participants:StockUrl={Unreachable}"]);
        var order = await shop.Order();
        await shop.InReview(order, OrderStates.ConfirmingStock);
        var id = await Opened(shop);
        var preview = await shop.Http.Json($"/cases/{id}/preview");
        ((bool)preview["stillThere"]!).ShouldBeTrue();
        preview["actions"]!.AsArray().Select(action => $"{action!["action"]}: {string.Join(' ', action["commands"]!.AsArray())}{action["refused"]}").ShouldBe([
            "assign: ", "retry: RetryOrder",
            "cancel-and-compensate: The stock is sold: retry to complete the order, then arrange a return.",
            "accept: An order in review must reach a final state: retry, or cancel and compensate.",
            "resolve: The order is in review: retry it, or cancel and compensate. The case is resolved when the order is final.",
        ]);

        (await shop.Http.PostJson($"/cases/{id}/actions/retry", new { reason = "the participant is back" })).Status.ShouldBe(HttpStatusCode.OK);

        await shop.Becomes(order, OrderStates.Completed);
        var resolved = await WaitUntilResolved(shop);
        ((string)resolved["evidence"]!["stock"]!).ShouldBe("unreachable");
        Changes(resolved).Count.ShouldBe(3);
        Changes(resolved)[1].ShouldStartWith("Open>InProgress by retry");
        (await shop.Http.PostJson($"/cases/{id}/actions/resolve", new { reason = "again" })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await shop.Causes(order)).ShouldContain("RetryRequested");
        (await shop.Http.PostJson($"/cases/{id}/actions/retry", new { reason = "again" })).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_operators_cancel_returns_stock_and_money(Mode mode)
    {
        await using var shop = await Shop.Open(mode, [.. Quick, $"Participants:StockUrl={Unreachable}"]);
        var order = await shop.Order();
        await shop.Corruptor.NotSold(order);
        await shop.InReview(order, OrderStates.ConfirmingStock);

        (await shop.Http.PostJson($"/cases/{await Opened(shop)}/actions/cancel-and-compensate", new { reason = "the shelf is empty" })).Status
            .ShouldBe(HttpStatusCode.OK);

        await shop.Becomes(order, OrderStates.Cancelled);
        (await shop.Gateway(order)).ShouldBe(["authorize", "capture", "refund"]);
        ((int)(await shop.Http.Json("/stock/tea-001"))["available"]!).ShouldBe(1000);
        await WaitUntilResolved(shop);
    }

    /// <summary>The gateway has captured less than was asked for: what it said is in the case, and so is how often it was asked.</summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_case_names_the_attempts_and_the_amounts(Mode mode)
    {
        await using var shop = await Shop.Open(mode, [.. Quick, "Payments:SweepIntervalMilliseconds=3600000"]);
        var order = await shop.Order();
        await shop.Corruptor.Run("payments", "UPDATE payment_branches SET state = 'Confirming'");
        await shop.Corruptor.Run("payments", "UPDATE payment_attempts SET state = 'Unknown', error = 'the gateway captured 1000 of 2500 EUR', "
            + "next_attempt_at = updated_at WHERE operation = 'capture'");
        await shop.Corruptor.Run("orders", "UPDATE orders SET retry_count = 3");
        await shop.InReview(order, OrderStates.ConfirmingPayment);

        var opened = await shop.Http.Json($"/cases/{await Opened(shop)}");
        ((string)opened["case"]!["reason"]!).ShouldBe("ConfirmPayment was repeated 3 times without an answer; "
            + "capture Unknown: the gateway captured 1000 of 2500 EUR");
    }

    /// <summary>The alert about the case was refused for a long time; the alert about the reopened case is sent at once.</summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_ineffective_decision_is_reported_at_once(Mode mode)
    {
        await using var shop = await Shop.Open(mode, [.. Quick, $"Participants:StockUrl={Unreachable}"]);
        await shop.InReview(await shop.Order(), OrderStates.ConfirmingStock);
        await Opened(shop);
        await Eventually.Holds("it is reported", () => shop.Db(db => db.Cases.AllAsync(row => row.AlertedAt != null)));
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        await shop.Db(db => db.Cases.ExecuteUpdateAsync(row => row.SetProperty(x => x.Status, CaseStatus.InProgress)
            .SetProperty(x => x.UpdatedAt, now.AddDays(-1)).SetProperty(x => x.AlertedAt, (DateTime?)null)
            .SetProperty(x => x.AlertAttempts, 7).SetProperty(x => x.NextAlertAt, now.AddMinutes(30))));

        var reopened = await Eventually.Becomes(
            "it is reported again", () => shop.Db(db => db.Cases.AsNoTracking().SingleAsync()), row => row.AlertedAt != null);
        (reopened.Status, reopened.AlertAttempts).ShouldBe((CaseStatus.Open, 0));
        var details = await shop.Http.Json($"/cases/{reopened.Id}");
        Changes(details)[^1].ShouldStartWith("InProgress>Open by reopen by recovery");
    }

    static async Task<string> Opened(Shop shop) =>
        (string)(await Eventually.Becomes("a case is open", () => shop.Http.Cases(), cases => cases.Count == 1)).Single()!["id"]!;

    static async Task<JsonNode> WaitUntilResolved(Shop shop)
    {
        var cases = await Eventually.Becomes("the case is solved", () => shop.Http.Cases("Resolved"), cases => cases.Count == 1);
        return await shop.Http.Json($"/cases/{cases.Single()!["id"]}");
    }

    static List<string> Changes(JsonNode resolved) =>
        [.. resolved["history"]!.AsArray().Select(change => $"{change!["from"]}>{change["to"]} by {change["cause"]}")];
}
