using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Reconciler.Job.Tests;

/// <summary>Settlement over HTTP: missing money is found, and unsettled money is named.</summary>
public sealed class SettlementRunTests
{
    static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Missing_money_is_found_without_a_later_file(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Settlements:FetchEnabled=false");
        await shop.Order();
        var day = Today.AddDays(-5);
        await shop.Corruptor.Run(
            "payments", $"UPDATE payment_attempts SET created_at = '{day:yyyy-MM-dd} 12:00:00Z', updated_at = '{day:yyyy-MM-dd} 12:00:00Z'");
        await shop.Order();
        (await HandIn(shop, $"date={day:yyyy-MM-dd}", File(day))).Status.ShouldBe(HttpStatusCode.OK);

        var run = await shop.Http.Reconcile();

        (await shop.Http.Findings(run)).ShouldBe([$"{Classes.MissingInSettlement} CaseOpened"]);
        ((string)(await Report(shop, run))["verdict"]!).ShouldEndWith($"Not settled yet: 25.00\u00a0EUR in 1 payment since {Today:yyyy-MM-dd}.");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_chargeback_opens_a_case_with_order_and_amount(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Settlements:FetchEnabled=false", "Settlements:LateAfterHours=0");
        var (order, day) = (await shop.Order(), Today.AddDays(-1));
        var (status, body) = await HandIn(shop, $"date={day:yyyy-MM-dd}", File(day,
            Row(day, "cb_1", "chargeback", -2500, order.ToString()), Row(day, "pay_1", "payout", -9000, ""), Row(day, "x_1", "retencion", -7, "")));
        status.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        body["kinds"]!.AsArray().Select(kind => (string)kind!["kind"]!).ShouldBe(["chargeback", "payout", "retencion"]);

        var run = await shop.Http.Reconcile();

        (await shop.Http.Findings(run)).ShouldBe([$"{Classes.Chargeback} CaseOpened", $"{Classes.SettlementKindUnknown} CaseOpened"]);
        var opened = (await shop.Http.Cases()).Single(row => (string)row!["class"]! == Classes.Chargeback)!;
        ((Guid?)opened["orderId"], (long)opened["amount"]!, (string)opened["currency"]!).ShouldBe((order, 2500, "EUR"));
    }

    [Fact]
    public async Task Without_files_the_verdict_excludes_settlement()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "Settlements:FetchEnabled=false", "Settlements:LateAfterHours=0");
        await shop.Order();
        ((string)(await Report(shop, await shop.Http.Reconcile()))["verdict"]!).ShouldStartWith("Orders, stock and payments agree. Settlement is not compared");
    }

    [Fact]
    public async Task A_file_can_be_replaced_and_voided_over_HTTP()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "Settlements:FetchEnabled=false");
        var day = Today.AddDays(-1);
        var date = $"date={day:yyyy-MM-dd}";
        await HandIn(shop, date, File(day));
        var right = File(day, Row(day, "cap_9", "capture", 100, ""));
        (await HandIn(shop, date, right)).Status.ShouldBe(HttpStatusCode.Conflict);
        var hash = (string)(await shop.Http.Json($"/settlements/{day:yyyy-MM-dd}"))["hash"]!;
        await Refused(shop, $"{date}&replaces=abc&reason=why", 400, "settlement-replacement");
        await Refused(shop, $"{date}&replaces={hash}", 400, "invalid-reason");
        await Refused(shop, $"{date}&replaces={new string('0', 64)}&reason=why", 409, "settlement-changed");

        var (status, body) = await HandIn(shop, $"{date}&replaces={hash}&reason=the%20first%20one%20was%20empty", right);
        (status, (string)body["outcome"]!, (int)body["difference"]!["added"]!).ShouldBe((HttpStatusCode.OK, "Replaced", 1));
        var voided = await shop.Http.PostJson($"/settlements/{day:yyyy-MM-dd}/void", new { reason = "another account's" });
        voided.Body["earlier"]!.AsArray().Select(one => (string)one!["reason"]!).ShouldBe(["another account's", "the first one was empty"]);
        (await shop.Http.PostJson($"/settlements/{day:yyyy-MM-dd}/void", new { reason = "again" })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Http.PostJson($"/settlements/{day:yyyy-MM-dd}/void", new { reason = " " })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    static async Task Refused(Shop shop, string query, int status, string problem)
    {
        var (answered, body) = await HandIn(shop, query, "x");
        ((int)answered, (string)body["type"]!).ShouldBe((status, "https://ordersaga.dev/problems/" + problem), query);
    }

    static Task<JsonNode> Report(Shop shop, JsonNode run) => shop.Http.Json($"/reconciliation/runs/{run["id"]}/report?format=json");

    static async Task<(HttpStatusCode Status, JsonNode Body)> HandIn(Shop shop, string query, string file)
    {
        using var body = new StringContent(file, Encoding.UTF8, "text/csv");
        using var answer = await shop.Http.PostAsync("/settlements?" + query, body);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    static string Row(DateOnly day, string id, string kind, long amount, string reference) =>
        $"row,{id},{kind},auth_1,{reference},{amount},0,EUR,{day:yyyy-MM-dd}T10:00:00Z";

    static string File(DateOnly day, params string[] rows)
    {
        day.ShouldBeLessThan(Today);
        var sum = rows.Sum(row => long.Parse(row.Split(',')[5], CultureInfo.InvariantCulture));
        string[] sums = rows.Length == 0 ? [] : [$"sum,,,,,{sum},0,EUR,"];
        return string.Join("\r\n", [SettlementCsv.Header, .. rows, .. sums, $"trailer,{rows.Length},,,,,,,", ""]);
    }
}
