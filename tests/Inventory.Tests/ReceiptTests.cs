using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>Goods receipts over HTTP.</summary>
public sealed class ReceiptTests(EmbeddedHost embedded) : IClassFixture<EmbeddedHost>
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_repeated_receipt_counts_once_with_the_same_response(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(TestHost.StockKey);

        var first = await client.Post("/stock/tea-001/receipts", """{"receiptId":"r-1","quantity":100}""");
        var again = await client.Post("/stock/tea-001/receipts", """{"receiptId":"r-1","quantity":100}""");
        var other = await client.Post("/stock/tea-001/receipts", """{"receiptId":"r-2","quantity":7}""");

        (first.StatusCode, again.StatusCode, other.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created));
        first.Headers.Location!.ToString().ShouldBe("/stock/tea-001");
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await client.GetStringAsync("/stock/tea-001")).ShouldBe("""{"sku":"tea-001","received":107,"available":107,"held":0,"sold":0}""");
        (await host.Read(db => db.Audit.Where(row => row.SubjectId == "tea-001").OrderBy(row => row.Id).Select(row => row.To).ToListAsync()))
            .ShouldBe(["received 100", "received 107"]);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Sixteen_concurrent_equal_receipts_count_once(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(TestHost.StockKey);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.Post("/stock/new/receipts", """{"receiptId":"r-1","quantity":5}""")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        (await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()))).Distinct().Count().ShouldBe(1);
        (await client.GetStringAsync("/stock/new")).ShouldBe("""{"sku":"new","received":5,"available":5,"held":0,"sold":0}""");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_receipt_id_reused_for_other_goods_is_refused(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(TestHost.StockKey);
        await client.Post("/stock/tea/receipts", """{"receiptId":"r-1","quantity":100}""");

        await (await client.Post("/stock/tea/receipts", """{"receiptId":"r-1","quantity":101}""")).ShouldBeProblem(422, "receipt-id-reused");
        await (await client.Post("/stock/cup/receipts", """{"receiptId":"r-1","quantity":100}""")).ShouldBeProblem(422, "receipt-id-reused");
        await (await client.GetAsync("/stock/cup")).ShouldBeProblem(404, "stock-not-found");
        (await client.GetStringAsync("/stock/tea")).ShouldBe("""{"sku":"tea","received":100,"available":100,"held":0,"sold":0}""");
    }

    [Theory]
    [InlineData("/stock/a/receipts", """{"quantity":1}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"","quantity":1}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"a b","quantity":1}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"\u0000","quantity":1}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"é","quantity":1}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r"}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":null}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":0}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":-1}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":1000000001}""", "invalid-receipt")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":99999999999999999999}""", "wrong-type")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":1.5}""", "wrong-type")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":"1"}""", "wrong-type")]
    [InlineData("/stock/a/receipts", """{"receiptId":7,"quantity":1}""", "wrong-type")]
    [InlineData("/stock/a/receipts", """{"receiptId":"r","quantity":1,"sku":"b"}""", "unknown-member")]
    [InlineData("/stock/a/receipts", "[]", "wrong-type")]
    [InlineData("/stock/a/receipts", "{", "invalid-json")]
    [InlineData("/stock/a/receipts", "", "no-body")]
    [InlineData("/stock/a/receipts", "null", "no-body")]
    [InlineData("/stock/-a/receipts", """{"receiptId":"r","quantity":1}""", "invalid-sku")]
    [InlineData("/stock/a%20b/receipts", """{"receiptId":"r","quantity":1}""", "invalid-sku")]
    [InlineData("/stock/a%0A/receipts", """{"receiptId":"r","quantity":1}""", "invalid-sku")]
    [InlineData("/stock/TEA-001/receipts", """{"receiptId":"r","quantity":1}""", "invalid-sku")]
    [InlineData("/stock/%C3%A9/receipts", """{"receiptId":"r","quantity":1}""", "invalid-sku")]
    public async Task An_invalid_receipt_gets_a_problem_and_leaves_no_row(string path, string body, string problem)
    {
        using var client = embedded.Host.Client(TestHost.StockKey);

        await (await client.Post(path, body)).ShouldBeProblem(400, problem);
        (await embedded.Host.Read(async db => await db.Receipts.CountAsync() + await db.Stock.CountAsync() + await db.Audit.CountAsync())).ShouldBe(0);
    }
}
