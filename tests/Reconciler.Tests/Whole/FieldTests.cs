using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrderSaga.Contracts;

namespace Reconciler.Job.Tests;

/// <summary>
/// Every limit is the same from the API to the gateway: the longest value passes through, one more is refused at the API.
/// </summary>
public sealed class FieldTests
{
    const int MaxClass = FieldRules.MaxClassLength;

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task The_longest_values_pass_through_every_service(Mode mode)
    {
        await using var shop = await Shop.Open(mode, $"Orders:TimeToPay:Classes:{Long('c', MaxClass)}=600");
        var sku = Long('s', FieldRules.MaxSkuLength);
        await Offer(shop, sku, FieldRules.MaxTotal, 3);
        await Offer(shop, "many", 1, FieldRules.MaxQuantity);
        for (var i = 0; i < FieldRules.MaxLines; i++)
            await Offer(shop, $"line-{i}", 1, 1);

        (await Ends(shop, Body(sku))).ShouldBe("Completed ");
        (await Ends(shop, Body("many", FieldRules.MaxQuantity))).ShouldBe("Completed ");
        (await Ends(shop, Body([.. Enumerable.Range(0, FieldRules.MaxLines).Select(i => ($"line-{i}", 1))]))).ShouldBe("Completed ");
        (await Ends(shop, Body(sku, orderClass: Long('c', MaxClass)))).ShouldBe("Completed ");
        (await Ends(shop, Body(sku), Long('k', FieldRules.MaxIdempotencyKeyLength))).ShouldBe("Completed ");
        foreach (var token in (string[])[Long('t', FieldRules.MaxTokenLength), Long('t', 201), "tok_visa", "!\"~{}"])
            (await Ends(shop, Body("tea-001", token: token))).ShouldBe("Cancelled payment declined: the gateway does not know the card");
        (await Ends(shop, Body("tea-001", token: "tok_declined"))).ShouldBe("Cancelled payment declined: card declined");

        (await shop.Http.Json("/failed-messages"))["items"]!.AsArray().ShouldBeEmpty();
        (await shop.Http.Json("/stock/tea-001"))["held"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_value_beyond_the_limit_is_refused_at_the_API()
    {
        await using var shop = await Shop.Open(Mode.Embedded);
        await Offer(shop, "ship", FieldRules.MaxTotal + 1, 1);
        var long65 = Long('s', FieldRules.MaxSkuLength + 1);
        foreach (var (body, status, problem) in (((JsonObject, int, string)[])[
            (Body("ship"), 422, "total-too-large"),
            (Body(long65), 400, "invalid-order"),
            (Body("TEA-001"), 400, "invalid-order"),
            (Body("tea-001", FieldRules.MaxQuantity + 1), 400, "invalid-order"),
            (Body([.. Enumerable.Range(0, FieldRules.MaxLines + 1).Select(i => ($"line-{i}", 1))]), 400, "invalid-order"),
            (Body("tea-001", token: Long('t', FieldRules.MaxTokenLength + 1)), 400, "invalid-order"),
            (Body("tea-001", orderClass: Long('c', MaxClass + 1)), 400, "invalid-order")]))
            await Place(shop, body, Guid.CreateVersion7().ToString()).ShouldBeProblem(status, problem);
        await Place(shop, Body("tea-001"), Long('k', FieldRules.MaxIdempotencyKeyLength + 1)).ShouldBeProblem(400, "invalid-idempotency-key");

        foreach (var sku in (string[])[long65, "TEA-001", "tea-001%20", "te%C3%A4"])
        {
            await shop.Http.PostAsJsonAsync($"/stock/{sku}/receipts", new { receiptId = "r", quantity = 1 }).ShouldBeProblem(400, "invalid-sku");
            await shop.Http.PutAsJsonAsync($"/products/{sku}", new { name = "Tea", unitPrice = 1, currency = "EUR" }).ShouldBeProblem(400, "invalid-sku");
        }

        await shop.Http.PostAsJsonAsync("/stock/a/receipts", new { receiptId = Long('r', FieldRules.MaxReceiptIdLength + 1), quantity = 1 })
            .ShouldBeProblem(400, "invalid-receipt");
        await shop.Http.PostAsJsonAsync("/stock/a/receipts", new { receiptId = "r", quantity = FieldRules.MaxReceiptQuantity + 1 })
            .ShouldBeProblem(400, "invalid-receipt");
        await shop.Http.PutAsJsonAsync("/products/a", new { name = Long('n', FieldRules.MaxProductNameLength + 1), unitPrice = 1, currency = "EUR" })
            .ShouldBeProblem(400, "invalid-product");
        var order = await shop.Order("tok_declined", "Cancelled");
        await shop.Http.PostAsJsonAsync($"/orders/{order}/cancel", new { reason = Long('r', FieldRules.MaxReasonLength + 1) })
            .ShouldBeProblem(400, "invalid-reason");
    }

    static string Long(char letter, int length) => new(letter, length);

    static async Task Offer(Shop shop, string sku, long unitPrice, int pieces)
    {
        (await shop.Http.PostAsJsonAsync($"/stock/{sku}/receipts", new { receiptId = "r-" + sku, quantity = pieces })).EnsureSuccessStatusCode();
        (await shop.Http.PutAsJsonAsync($"/products/{sku}", new { name = sku, unitPrice, currency = "EUR" })).EnsureSuccessStatusCode();
    }

    static JsonObject Body(string sku, int quantity = 1, string token = "tok_ok", string? orderClass = null)
    {
        var body = Body([(sku, quantity)]);
        body["payment"]!["token"] = token;
        if (orderClass is not null)
            body["class"] = orderClass;
        return body;
    }

    static JsonObject Body((string Sku, int Quantity)[] lines) => new()
    {
        ["currency"] = "EUR",
        ["lines"] = new JsonArray([.. lines.Select(line => new JsonObject { ["sku"] = line.Sku, ["quantity"] = line.Quantity })]),
        ["payment"] = new JsonObject { ["method"] = "card", ["token"] = "tok_ok" },
    };

    static async Task<HttpResponseMessage> Place(Shop shop, JsonObject body, string key)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(body) };
        ask.Headers.Add("Idempotency-Key", key);
        ask.Headers.Add("Prefer", "wait=30");
        return await shop.Http.SendAsync(ask);
    }

    static async Task<string> Ends(Shop shop, JsonObject body, string? key = null)
    {
        using var answer = await Place(shop, body, key ?? Guid.CreateVersion7().ToString());
        var placed = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        ((int)answer.StatusCode).ShouldBeOneOf([200, 201, 202], placed.ToJsonString());
        var order = await Eventually.Becomes("the order has ended", () => shop.Http.Json($"/orders/{placed["id"]}"),
            now => (string)now["status"]! is "Completed" or "Cancelled" or "NeedsReview");
        return $"{order["status"]} {order["reason"]}";
    }
}
