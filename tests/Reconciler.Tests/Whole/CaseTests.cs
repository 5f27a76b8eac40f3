using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Reconciler.Job.Tests;

/// <summary>Operators work on cases over HTTP.</summary>
public sealed class CaseTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Every_step_of_a_case_is_in_its_history(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var order = await shop.Order();
        await shop.Corruptor.OtherAmount(order);
        await shop.Http.Reconcile();
        var id = (string)(await shop.Http.Cases()).Single()!["id"]!;

        (await shop.Http.PostJson($"/cases/{id}/actions/assign", new { assignee = "kim", reason = "she knows the price list" })).Body["assignee"]!
            .GetValue<string>().ShouldBe("kim");
        (await shop.Http.PostJson($"/cases/{id}/actions/resolve", new { reason = "a discount that was granted by phone" })).Status.ShouldBe(HttpStatusCode.OK);
        (await shop.Http.Cases()).ShouldBeEmpty();
        var whole = await shop.Http.Json($"/cases/{id}");
        whole["history"]!.AsArray().Select(change => $"{change!["from"]}>{change["to"]}").ShouldBe([">Open", "Open>Assigned", "Assigned>Resolved"]);
        ((string)whole["history"]![2]!["detail"]!).ShouldBe("a discount that was granted by phone");
        ((string)whole["evidence"]!["order"]!["state"]!).ShouldBe("Completed");
        var history = (await shop.Http.Json($"/cases/orders/{order}/history"))["items"]!.AsArray();
        history.Select(item => $"{item!["source"]} {item["to"]}").ShouldBe(["case Open", "case Assigned", "case Resolved"]);

        (await shop.Http.PostJson($"/cases/{id}/actions/resolve", new { reason = "again" })).Status.ShouldBe(HttpStatusCode.Conflict);
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["amount-differs CaseOpened"], "the finding persists and has no assignee");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_operator_can_resend_a_failed_repair(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Reconciliation:RepairTimeoutSeconds=0");
        var order = await shop.Order("tok_declined", "Cancelled");
        await shop.Corruptor.CannotBeRepaired(order);
        await shop.Http.Reconcile();
        await Eventually.Holds("the participant has refused it", async () => (await shop.Http.Json("/failed-messages"))["items"]!.AsArray().Count > 0);
        await shop.Http.Reconcile();
        var id = (string)(await shop.Http.Cases()).Single(row => (string?)row!["orderId"] == order.ToString())!["id"]!;
        await shop.Corruptor.Run("inventory", "UPDATE stock SET available = available - 2, held = held + 2 WHERE sku = 'tea-001'");

        var preview = await shop.Http.Json($"/cases/{id}/preview");
        ((bool)preview["stillThere"]!).ShouldBeTrue();
        preview["actions"]!.AsArray().Select(action => $"{action!["action"]}: {string.Join(' ', action["commands"]!.AsArray())}")
            .ShouldBe(["assign: ", "retry: CancelStock", "cancel-and-compensate: CancelPayment CancelStock", "accept: ", "resolve: "]);
        (await shop.Http.PostJson($"/cases/{id}/actions/retry", new { reason = "the level was corrected" })).Status.ShouldBe(HttpStatusCode.OK);

        await Eventually.Holds("the stock is released", async () => !(bool)(await shop.Http.Json($"/cases/{id}/preview"))["stillThere"]!);
        (await shop.Http.PostJson($"/cases/{id}/actions/retry", new { reason = "again" })).Status.ShouldBe(HttpStatusCode.Conflict);
        ((int)(await shop.Http.Reconcile())["counts"]!["found"]!).ShouldBe(0);
        (await shop.Http.Json($"/cases/orders/{order}/history"))["items"]!.AsArray().Select(item => $"{item!["source"]} {item["to"]}")
            .ShouldBe(["repair Sent", "repair Failed", "case Open", "repair Sent", "case Open", "repair Repaired", "case Resolved"]);
        (await shop.Http.Cases()).ShouldBeEmpty("a run sees that the ledgers agree, and closes it");
        (await shop.Db(db => db.Repairs.OrderBy(repair => repair.SentAt).Select(repair => repair.State).ToListAsync()))
            .ShouldBe([RepairState.Failed, RepairState.Repaired]);
    }

    [Fact]
    public async Task A_case_cannot_cancel_a_completed_order()
    {
        await using var shop = await Shop.Open(Mode.Embedded);
        var order = await shop.Order();
        await shop.Corruptor.OtherAmount(order);
        await shop.Http.Reconcile();
        var id = (string)(await shop.Http.Cases()).Single()!["id"]!;
        var (status, body) = await shop.Http.PostJson($"/cases/{id}/actions/cancel-and-compensate", new { reason = "just because" });
        ((int)status, (string)body["type"]!).ShouldBe((409, "https://ordersaga.dev/problems/action-refused"));
        ((string)body["detail"]!).ShouldContain("arrange a return");
        (await shop.Gateway(order)).ShouldBe(["authorize", "capture"]);
    }

    [Fact]
    public async Task A_new_case_is_reported_even_after_a_receiver_outage()
    {
        await using var pager = await HttpReceiver.Start("POST /");
        pager.Answers = _ => pager.Taken.Count == 1 ? Results.StatusCode(503) : Results.Ok();
        await using var shop = await Shop.Open(Mode.Embedded, $"Reconciliation:AlertUrl={pager.Root}/");
        await shop.Corruptor.OtherAmount(await shop.Order());
        await shop.Http.Reconcile();
        await Eventually.Holds("it was sent again", async () => await shop.Db(db => db.Cases.AllAsync(row => row.AlertedAt != null)), TimeSpan.FromSeconds(40));
        pager.Taken.Count.ShouldBe(2);
        ((string)pager.Taken.Last().Json["class"]!).ShouldBe("amount-differs");
    }

    [Fact]
    public async Task An_alert_is_signed()
    {
        var secret = "whsec_" + Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(each => (byte)each)]);
        await using var pager = await HttpReceiver.Start("POST /");
        await using var shop = await Shop.Open(Mode.Embedded, $"Reconciliation:AlertUrl={pager.Root}/", "Reconciliation:AlertSecret=" + secret);
        var opened = Case("signed", TimeProvider.System.GetUtcNow().UtcDateTime);
        await shop.Db(db => db.Cases.Add(opened).Context.SaveChangesAsync());
        shop.Services.GetRequiredService<CaseAlerts>().Wake();

        await Eventually.Holds("it is reported", () => Task.FromResult(pager.Taken.Count > 0));
        var alert = pager.Taken.Single();
        alert.Id.ShouldBe(opened.Id.ToString());
        ((string)alert.Json["class"]!).ShouldBe("signed");
        alert.IsSignedWith(secret).ShouldBeTrue();
    }

    /// <summary>
    /// Several cases; the receiver never accepts some of them. The others are reported at once, and each is retried on its own.
    /// </summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_refused_alert_delays_no_other(Mode mode)
    {
        await using var pager = await HttpReceiver.Start("POST /");
        pager.Answers = alert => (string)alert.Json["class"]! == "refused" ? Results.BadRequest() : Results.Ok();
        await using var shop = await Shop.Open(mode, $"Reconciliation:AlertUrl={pager.Root}/");
        var at = TimeProvider.System.GetUtcNow().UtcDateTime;
        await shop.Db(async db =>
        {
            string[] classes = ["refused", "refused", "taken", "taken", "taken"];
            foreach (var (index, @class) in classes.Index())
                db.Cases.Add(Case(@class, at.AddSeconds(index - 10)));
            return await db.SaveChangesAsync();
        });
        shop.Services.GetRequiredService<CaseAlerts>().Wake();

        await Eventually.Holds("the others are reported", () => shop.Db(db => db.Cases.AllAsync(row => row.AlertedAt != null || row.Class == "refused")));
        await Eventually.Holds("the refused ones wait", () => shop.Db(db => db.Cases.AllAsync(row => row.AlertAttempts == (row.Class == "refused" ? 1 : 0))));
        pager.Taken.Count.ShouldBe(5);
        pager.Taken.ShouldAllBe(alert => int.Parse(alert.Header("Content-Length")) > 0);
        (await shop.Db(db => db.Cases.Where(row => row.Class == "refused").Select(row => row.NextAlertAt).ToListAsync()))
            .ShouldAllBe(next => next > at.AddSeconds(14));
    }

    [Theory]
    [InlineData(1, 15)]
    [InlineData(2, 30)]
    [InlineData(5, 240)]
    [InlineData(9, 3600)]
    [InlineData(1000, 3600)]
    public void A_refused_alert_waits_longer_each_time(int attempts, int seconds) =>
        CaseAlerts.DelayAfter(attempts).ShouldBe(TimeSpan.FromSeconds(seconds));

    static CaseRow Case(string @class, DateTime at) => new()
    {
        Id = Guid.CreateVersion7(), Class = @class, Severity = Severity.Medium, Rule = "", Evidence = "[]", Reason = "", Status = CaseStatus.Open,
        OpenedAt = at, UpdatedAt = at,
    };
}
