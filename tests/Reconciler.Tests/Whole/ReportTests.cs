using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Reconciler.Job.Tests;

/// <summary>The report has the same content in three formats.</summary>
public sealed class ReportTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_report_lists_findings_and_repairs_as_HTML_and_JSON(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        var (taken, other) = (await shop.Order(), await shop.Order());
        await shop.Corruptor.TakenButCancelled(taken);
        await shop.Corruptor.OtherAmount(other);
        var run = await shop.Http.Reconcile();

        var json = await Report(shop, run, "application/json");
        var report = JsonNode.Parse(json)!;
        ((string)report["verdict"]!).ShouldStartWith("2 differences were found: 1 repaired, 1 open case. Not settled yet: ");
        report["classes"]!.AsArray().Select(one => (string)one!["class"]!).ShouldBe(["amount-differs", "captured-but-cancelled"]);
        var repair = report["repairs"]!.AsArray().Single()!;
        ((string)repair["state"]!, (string)repair["before"]!["payment"]!["state"]!, (string)repair["after"]!["payment"]!["state"]!)
            .ShouldBe(("Repaired", "Confirmed", "Cancelled"));

        var csv = (await Report(shop, run, "text/csv")).Split("\r\n");
        csv[0].ShouldBe(ReportCsv.Header);
        csv.Length.ShouldBe(4, "a header, two findings, and the end of the last line");
        csv[2].ShouldContain($"captured-but-cancelled,Critical,{taken},,2500,EUR,CancelPayment,Repaired");

        var html = await Report(shop, run, "text/html");
        string[] received = ["2 differences were found", $"{taken}", $"{other}", "captured-but-cancelled", "25.00", "<svg", "<rect", "repaired"];
        foreach (var texts in received)
            html.ShouldContain(texts);
        html.ShouldNotContain("<script");
    }

    [Fact]
    public async Task Ledger_text_never_becomes_markup_or_a_formula()
    {
        Html.Of($"<b>{"<script>alert(1)</script>"}</b>{Html.Of($"<i>{"&"}</i>")}").Markup.ShouldBe("<b>&lt;script&gt;alert(1)&lt;/script&gt;</b><i>&amp;</i>");
        SnapshotGrid.Of(JsonNode.Parse("""{"order":{"<b>":"<img src=x>"},"stock":null}""")).Markup.ShouldNotContain("<img");

        await using var shop = await Shop.Open(Mode.Embedded);
        var run = await shop.Http.Reconcile();
        using var answer = await shop.Http.GetAsync($"/reconciliation/runs/{run["id"]}/report");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html", "a browser gets the page");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Orders, stock, payments and settlement agree.");
        await Ask(shop, run, "application/pdf").ShouldBeProblem(406, "format-not-offered");
    }

    [Theory]
    [InlineData(0, "EUR", "0.00\u00a0EUR")]
    [InlineData(-1_234_567, "EUR", "\u221212\u202f345.67\u00a0EUR")]
    [InlineData(500, "JPY", "500\u00a0JPY")]
    [InlineData(1_500, "KWD", "1.500\u00a0KWD")]
    public void Amounts_are_shown_in_the_currencys_unit(long minorUnits, string currency, string shown) =>
        Amounts.Money(minorUnits, currency).ShouldBe(shown);

    static async Task<string> Report(Shop shop, JsonNode run, string type)
    {
        using var answer = await Ask(shop, run, type);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        return await answer.Content.ReadAsStringAsync();
    }

    static Task<HttpResponseMessage> Ask(Shop shop, JsonNode run, string type)
    {
        var ask = new HttpRequestMessage(HttpMethod.Get, $"/reconciliation/runs/{run["id"]}/report");
        ask.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        return shop.Http.SendAsync(ask);
    }
}
