namespace OrderSaga.Payments.Tests;

/// <summary>Gateway responses are recorded whatever their text, and shown as one sentence.</summary>
public sealed class GatewayTextTests
{
    /// <summary>The text in the gateway's JSON, and as the merchant reads it.</summary>
    static readonly (string Written, string Shown)[] Reasons =
    [
        ("card declined", "card declined"),
        (@"card\u0000declined", "card declined"),
        (@"card\ud83c", "card" + (char)0xfffd),
        (@"\udf75card", (char)0xfffd + "card"),
        (@"line one\r\nline two", "line one line two"),
        (new string('a', 199) + @"\ud83c\udf75", new string('a', 199)),
        (new string('a', 100_000), new string('a', 200)),
        (string.Concat(Enumerable.Repeat(@"\u8336", 300)), new string((char)0x8336, 200)),
        (@"{\""code\"":\""card_declined\""}", "declined"),
        ("<html><body>no</body></html>", "declined"),
        (@"\u0000", "declined"),
        ("", "declined"),
        ("card 4111 1111 1111 1111 is blocked", "declined"),
        ("account 12-34-56 789 is closed", "declined"),
        ("TOK_DECLINED is blocked", "declined"),
        ("code 05: do not honour", "code 05: do not honour"),
    ];

    static readonly string[] UnusableUrls =
    [
        "null", "\"\"", "\"javascript:alert(1)\"", "\"/pay/1\"", "\"https://pay/\\u0000\"", "\"https://pay/\\ud83c\"",
        $"\"https://pay/{new string('a', 8181)}\"",
    ];

    [Theory, MemberData(nameof(Bench.Databases), MemberType = typeof(Bench))]
    public async Task A_decline_reason_is_stored_and_shown_as_text(string database)
    {
        await using var bench = await Bench.Start(database);
        bench.Gateway.Telling = received => received with { Reason = "@" };
        foreach (var (written, shown) in Reasons)
        {
            var order = Some.Order();
            bench.Gateway.Wording = json => json.Replace("\"@\"", $"\"{written}\"", StringComparison.Ordinal);
            await bench.Deliver(Some.Try(order, "tok_declined"));
            await bench.Drain();
            (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {shown}");
        }
    }

    [Theory, MemberData(nameof(Bench.Databases), MemberType = typeof(Bench))]
    public async Task An_unusable_payment_url_declines_the_payment(string database)
    {
        await using var bench = await Bench.Start(database);
        bench.Gateway.Telling = received => received with { Url = "@" };
        foreach (var url in UnusableUrls)
        {
            var order = Some.Order();
            bench.Gateway.Wording = json => json.Replace("\"@\"", url, StringComparison.Ordinal);
            await bench.Deliver(Some.Hosted(order));
            await bench.Drain();
            (await bench.Answers(order)).ShouldBe("PaymentDeclined: the gateway returned no valid payment page", url);
            bench.Gateway.Done(order).ShouldBe("void");
            (await bench.Branch(order)).State.ShouldBe(BranchState.Cancelled);
        }
    }

    [Theory, MemberData(nameof(Bench.Databases), MemberType = typeof(Bench))]
    public async Task A_long_payment_url_is_stored_whole(string database)
    {
        await using var bench = await Bench.Start(database);
        foreach (var length in (int[])[1001, 5000, 8192])
        {
            var order = Some.Order();
            // An ampersand takes six characters in the JSON of an event.
            var url = "https://pay/" + new string('&', length - 15) + "END";
            bench.Gateway.Telling = received => received with { Url = url };
            await bench.Deliver(Some.Hosted(order));
            await bench.Drain();
            (await bench.Branch(order)).Url.ShouldBe(url);
        }
    }

    [Theory, MemberData(nameof(Bench.Databases), MemberType = typeof(Bench))]
    public async Task A_decline_without_a_valid_id_is_recorded(string database)
    {
        await using var bench = await Bench.Start(database);
        foreach (var id in (string?[])[null, "", "auth \0", new string('a', 101)])
        {
            var order = Some.Order();
            bench.Gateway.Telling = received => received with { Id = id, ExpiresAt = DateTimeOffset.MaxValue };
            await bench.Deliver(Some.Try(order, "tok_declined"));
            await bench.Drain();
            (await bench.Answers(order)).ShouldBe("PaymentDeclined: card declined");
        }
    }
}
