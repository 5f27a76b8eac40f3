using System.Diagnostics;
using OrderSaga.Platform.Common;

namespace Orders.Api.Tests;

/// <summary>What a caller sees of an order after placing it: timeline, live events, cancellation.</summary>
public sealed class LifeTests
{
    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task The_timeline_lists_every_transition_in_order(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        await api.Host.Drive(id, OrderStates.AwaitingPayment, "StockReserved");
        await api.Host.Drive(id, OrderStates.Cancelling, "PaymentDeclined");

        var timeline = (await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json;
        timeline["orderId"]!.GetValue<Guid>().ShouldBe(id);
        timeline["items"]!.AsArray().Select(item => $"{item!["from"]}>{item["to"]} by {item["cause"]}")
            .ShouldBe([">Reserving by SubmitOrder", "Reserving>AwaitingPayment by StockReserved", "AwaitingPayment>Cancelling by PaymentDeclined"]);
        timeline["items"]!.AsArray().ShouldAllBe(item => item!["at"]!.GetValue<DateTime>().Kind == DateTimeKind.Utc);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task The_event_stream_ends_when_the_order_is_final(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        using var stream = await merchant.Open($"/orders/{id}/events");
        (await Next(stream)).To.ShouldBe("Reserving");
        await api.Host.Drive(id, OrderStates.AwaitingPayment, "StockReserved");
        var second = await Next(stream);
        (second.From, second.To, second.Cause).ShouldBe(("Reserving", "AwaitingPayment", "StockReserved"));
        await api.Host.Drive(id, OrderStates.Completed, "StockConfirmed");
        var last = await Next(stream);
        last.To.ShouldBe("Completed");
        (await stream.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim().ShouldBe("");

        using var rest = await merchant.Open($"/orders/{id}/events", ("Last-Event-ID", $"{second.Id}"));
        (await Next(rest)).ShouldBe(last);
        (await merchant.Get($"/orders/{id}/events", ("Last-Event-ID", $"{last.Id}"))).ShouldBe(204);
        (await merchant.Get($"/orders/{id}/events", ("Last-Event-ID", "x"))).ShouldBeProblem(400, "invalid-id");
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Cancelling_in_time_returns_the_order_idempotently(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        var answer = (await merchant.Post($"/orders/{id}/cancel", """{"reason":"changed their mind"}""")).ShouldBe(202);
        answer.Json["status"]!.GetValue<string>().ShouldBe("Cancelling");
        answer.Json["reason"]!.GetValue<string>().ShouldBe("changed their mind");

        await api.Host.Drive(id, OrderStates.Cancelled, "StockCancelled");
        (await merchant.Post($"/orders/{id}/cancel", null)).ShouldBe(202).Json["status"]!.GetValue<string>().ShouldBe("Cancelled");
    }

    [Theory]
    [InlineData(OrderStates.ConfirmingPayment)]
    [InlineData(OrderStates.ConfirmingStock)]
    [InlineData(OrderStates.Completed)]
    [InlineData(OrderStates.NeedsReview)]
    public async Task Cancelling_too_late_is_a_conflict(string state)
    {
        var api = await Api.Of(Mode.Embedded);
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        await api.Host.Drive(id, state, "test");
        (await merchant.Post($"/orders/{id}/cancel", null)).ShouldBeProblem(409, "too-late-to-cancel");
        (await merchant.Get($"/orders/{id}")).Json["status"]!.GetValue<string>().ShouldBe(state);
    }

    [Theory]
    [InlineData(OrderStates.Reserving, true)]
    [InlineData(OrderStates.AwaitingPayment, true)]
    [InlineData(OrderStates.ConfirmingPayment, false)]
    [InlineData(OrderStates.Cancelling, false)]
    public async Task A_review_states_how_it_ends(string from, bool byItself)
    {
        var api = await Api.Of(Mode.Embedded);
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        await api.Host.Drive(id, OrderStates.NeedsReview, "test", order => order.ReviewFrom = from);
        var payBefore = (await api.Host.Read(db => db.Orders.AsNoTracking().SingleAsync(order => order.CorrelationId == id))).PayBefore;

        var answer = await merchant.Post($"/orders/{id}/cancel", null);
        answer.ShouldBeProblem(409, "too-late-to-cancel");
        var detail = answer.Json["detail"]!.GetValue<string>();
        detail.ShouldContain("operator");
        detail.Contains(WebJson.Text(payBefore), StringComparison.Ordinal).ShouldBe(byItself, detail);
    }

    [Fact]
    public async Task A_pending_cancellation_is_stored_and_answered_quickly()
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        var key = OrderSaga.Platform.Http.ApiKeys.Create(installation.Directory, "m", "m", "orders", "catalogue");
        await using var deaf = await ApiHost.Start(installation, withBus: false);
        var merchant = new Caller(deaf, "m", key);
        await merchant.Price("tea-001", 1);
        var id = await merchant.Placed();
        await deaf.Drive(id, OrderStates.AwaitingPayment, "StockReserved", order => order.NextRetryAt = order.CreatedAt.AddHours(1));
        var watch = Stopwatch.StartNew();
        (await merchant.Post($"/orders/{id}/cancel", """{"reason":"no more tea"}""")).ShouldBe(202).Json["status"]!.GetValue<string>()
            .ShouldBe("AwaitingPayment");
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(10));
        var requested = await Row();
        requested.CancellationRequested.ShouldBe("no more tea");
        requested.NextRetryAt!.Value.ShouldBeLessThan(requested.CreatedAt.AddMinutes(1));

        (await merchant.Post($"/orders/{id}/cancel", """{"reason":"too dear"}""")).ShouldBe(202);
        var again = await Row();
        (again.CancellationRequested, again.NextRetryAt, again.Version).ShouldBe((requested.CancellationRequested, requested.NextRetryAt, requested.Version));
        (await merchant.Get($"/orders/{id}/timeline")).Json["items"]!.AsArray().Select(item => $"{item!["from"]}>{item["to"]} by {item["cause"]}")
            .ShouldBe([">Reserving by SubmitOrder", "Reserving>AwaitingPayment by StockReserved", "AwaitingPayment>AwaitingPayment by CancelOrder"]);

        Task<OrderState> Row() => deaf.Read(db => db.Orders.AsNoTracking().SingleAsync(order => order.CorrelationId == id));
    }

    [Theory]
    [InlineData("""{"reason":""}""", "invalid-reason")]
    [InlineData("""{"reason":"a\nb"}""", "invalid-reason")]
    [InlineData("""{"why":"a"}""", "unknown-member")]
    [InlineData("{", "invalid-json")]
    public async Task A_malformed_cancellation_is_refused(string body, string problem)
    {
        var merchant = (await Api.Of(Mode.Embedded)).Merchant();
        var id = await merchant.Placed();
        (await merchant.Post($"/orders/{id}/cancel", body)).ShouldBeProblem(400, problem);
        (await merchant.Post($"/orders/{id}/cancel", $$"""{"reason":"{{new string('a', 201)}}"}""")).ShouldBeProblem(400, "invalid-reason");
        (await merchant.Get($"/orders/{id}")).Json["status"]!.GetValue<string>().ShouldBe("Reserving");
    }

    static async Task<Transition> Next(StreamReader stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string? id = null;
        while (await stream.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var transition = JsonSerializer.Deserialize<Transition>(line[6..], JsonSerializerOptions.Web)!;
            id.ShouldBe($"{transition.Id}");
            return transition;
        }

        throw new EndOfStreamException("The stream ended.");
    }
}
