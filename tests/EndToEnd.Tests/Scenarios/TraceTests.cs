namespace EndToEnd.Tests;

/// <summary>Where the time of an order went.</summary>
public sealed class TraceTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task The_call_tree_of_an_order_has_every_service(Mode mode)
    {
        using var shop = await On(mode);
        var order = await shop.PlaceAndEnd(await shop.NewSku(5), 1, "tok_ok");
        order.Status.ShouldBe("Completed");

        var trace = await Eventually.Becomes("a call tree without gaps",
            () => Shop.Read<OrderTrace>(shop.Ask($"orders/{order.Id}/trace")), read => read.Gaps.Count == 0);
        (trace.Status, trace.Root.Open).ShouldBe(("Completed", false));
        var steps = trace.Root.Children.Where(span => span.Critical).ToList();
        string.Join(' ', steps.Select(span => $"{span.Name}>{span.Result}")).ShouldBe("SubmitOrder>Reserving StockReserved>AwaitingPayment "
            + "PaymentAuthorized>ConfirmingPayment PaymentConfirmed>ConfirmingStock StockConfirmed>Completed");
        steps.Sum(span => span.DurationMs).ShouldBe(trace.Root.DurationMs, 0.1, "the steps last as long as the order");
        string.Join(' ', steps.SelectMany(span => span.Children).Select(span => $"{span.Service}:{span.Name}>{span.Result}"))
            .ShouldBe("Inventory:TryReserveStock>Tried Payments:TryAuthorizePayment>Tried Payments:ConfirmPayment>Confirmed Inventory:ConfirmStock>Confirmed");
        var all = All(trace.Root).ToList();
        string.Join(' ', all.Where(span => span.Service == "Gateway").Select(span => $"{span.Name}>{span.Result}"))
            .ShouldBe("authorize>Succeeded capture>Succeeded");

        using var answer = await shop.AskForText($"orders/{order.Id}/trace");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain($"order {order.Id} Completed, trace ");
        text.Split('\n').Count(line => line.Contains("`- ", StringComparison.Ordinal) || line.Contains("|- ", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(all.Count - 1, text);
        text.ShouldContain("gaps: none");
    }

    static IEnumerable<Span> All(Span span) => span.Children.SelectMany(All).Prepend(span);

    sealed record OrderTrace(string Status, Span Root, IReadOnlyList<TimelineGap> Gaps);

    sealed record Span(
        string Name, string Service, double DurationMs, bool Open, bool Critical, string Result, IReadOnlyList<Span> Children);
}
