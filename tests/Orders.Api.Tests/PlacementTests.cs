[assembly: AssemblyFixture(typeof(Orders.Api.Tests.AllModes))]

namespace Orders.Api.Tests;

public sealed class PlacementTests
{
    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task Placement_stores_order_key_audit_row_and_prices_together(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var answer = (await merchant.Place("key-1")).ShouldBe(202);

        var id = answer.Json["id"]!.GetValue<Guid>();
        id.Version.ShouldBe(7);
        answer.Header("Location").ShouldBe($"/orders/{id}");
        answer.Header("Idempotency-Replayed").ShouldBeNull();
        answer.ContentType.ShouldBe("application/json");
        answer.Json["status"]!.GetValue<string>().ShouldBe("Reserving");
        answer.Json["total"]!.ToJsonString().ShouldBe("""{"amount":2500,"currency":"EUR"}""");
        answer.Json["lines"]![0]!.ToJsonString().ShouldBe("""{"sku":"tea-001","quantity":2,"unitPrice":1250,"amount":2500}""");
        answer.Json["payment"]!.ToJsonString().ShouldBe("""{"method":"card","status":"none","url":null,"expiresAt":null}""");

        (await merchant.Get($"/orders/{id}")).ShouldBe(200).Text.ShouldBe(answer.Text);
        var row = await api.Host.Read(db => db.Orders.SingleAsync(order => order.CorrelationId == id));
        (row.Merchant, row.IdempotencyKey, row.Version, row.PaymentToken).ShouldBe((merchant.Merchant, "key-1", 1, "tok_ok"));
        (row.NextRetryAt!.Value - row.CreatedAt).ShouldBe(TimeSpan.FromSeconds(8));
        (row.PayBefore - row.CreatedAt).ShouldBeInRange(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(901));
        (row.PayBefore.Ticks % TimeSpan.TicksPerSecond).ShouldBe(0, "a gateway closes its page at a whole second");
        var audit = await api.Host.Read(db => db.Audit.SingleAsync(entry => entry.SubjectId == id.ToString()));
        (audit.From, audit.To, audit.Cause).ShouldBe(("", "Reserving", "SubmitOrder"));
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra", false)]
    [InlineData("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra", false)]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false)]
    [InlineData("nonsense", false)]
    public async Task Every_order_has_a_trace(string traceparent, bool continues)
    {
        var merchant = (await Api.Of(Mode.Embedded)).Merchant();
        var id = (await merchant.Place("traced", Caller.Order, ("traceparent", traceparent))).ShouldBe(202).Json["traceId"]!.GetValue<string>();
        (id == "4bf92f3577b34da6a3ce929d0e0e4736").ShouldBe(continues);
        id.Length.ShouldBe(32);
        id.ShouldNotBe(new string('0', 32));
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task A_repeated_request_returns_the_same_bytes(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var first = (await merchant.Place("key with a space")).ShouldBe(202);
        await api.Host.Drive(first.Json["id"]!.GetValue<Guid>(), OrderStates.Completed, "StockConfirmed");

        const string sameReformatted = """
            { "payment": { "token": "tok_ok", "method": "card" },
              "lines": [ { "quantity": 2, "sku": "tea-001" } ], "currency": "EUR" }
            """;
        foreach (var body in (string[])[Caller.Order, sameReformatted])
        {
            var again = (await merchant.Place("key with a space", body)).ShouldBe(202);
            again.Body.ShouldBe(first.Body);
            again.Header("Idempotency-Replayed").ShouldBe("true");
            again.Header("Location").ShouldBe(first.Header("Location"));
        }
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task A_key_reused_for_another_order_is_refused(Mode mode)
    {
        var merchant = (await Api.Of(mode)).Merchant();
        var first = await merchant.Place("key-1");
        var other = (await merchant.Place("key-1", Caller.Hosted)).ShouldBeProblem(422, "idempotency-key-reused");
        other.Json["detail"]!.GetValue<string>().ShouldContain(first.Json["id"]!.GetValue<string>());
        (await merchant.Place("KEY-1", Caller.Hosted)).ShouldBe(202);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Sixteen_concurrent_equal_requests_place_one_order(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        for (var round = 0; round < 5; round++)
        {
            var key = Caller.NewKey();
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => merchant.Place(key)));
            answers.ShouldAllBe(answer => answer.Status == 202);
            answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
            answers.Count(answer => answer.Header("Idempotency-Replayed") is null).ShouldBe(1);
        }

        (await api.Host.Read(db => db.Orders.CountAsync(order => order.Merchant == merchant.Merchant))).ShouldBe(5);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Equal_requests_to_two_processes_place_one_order(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        await using var second = await ApiHost.Start(api.Installation, withBus: false);
        var callers = new[] { merchant, new Caller(second, merchant.Merchant, merchant.Key) };
        for (var round = 0; round < 10; round++)
        {
            var key = Caller.NewKey();
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => callers[i % 2].Place(key)));
            answers.ShouldAllBe(answer => answer.Status == 202);
            answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
        }

        (await api.Host.Read(db => db.Orders.CountAsync(order => order.Merchant == merchant.Merchant))).ShouldBe(10);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Concurrent_orders_under_one_key_leave_one(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var bodies = Enumerable.Range(1, 16).Select(i => Caller.Order.Replace(":2}", $":{i}}}", StringComparison.Ordinal));
        var answers = await Task.WhenAll(bodies.Select(body => merchant.Place("k", body)));
        answers.Count(answer => answer.Status == 202).ShouldBe(1);
        answers.Where(answer => answer.Status != 202).ToList().ForEach(answer => answer.ShouldBeProblem(422, "idempotency-key-reused"));
        (await api.Host.Read(db => db.Orders.CountAsync(order => order.Merchant == merchant.Merchant))).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task A_refused_order_affects_no_other_in_its_batch(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var unknown = Caller.Order.Replace("tea-001", "nothing", StringComparison.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => merchant.Place(Caller.NewKey(), i % 2 == 0 ? Caller.Order : unknown)));
        answers.Count(answer => answer.Status == 202).ShouldBe(100);
        answers.Count(answer => answer.Status == 422).ShouldBe(100);
        (await api.Host.Read(db => db.Orders.CountAsync(order => order.Merchant == merchant.Merchant))).ShouldBe(100);
        (await api.Host.Read(db => db.IdempotencyRecords.CountAsync(record => record.Merchant == merchant.Merchant))).ShouldBe(100);
    }

    [Fact]
    public async Task A_refused_key_is_usable_after_the_cause_is_fixed()
    {
        var api = await Api.Of(Mode.Embedded);
        var merchant = api.Merchant();
        var body = Caller.Order.Replace("tea-001", "later-001", StringComparison.Ordinal);
        (await merchant.Place("k", body)).ShouldBeProblem(422, "unknown-sku", "/lines/0/sku");
        await api.Catalogue.Price("later-001", 100);
        (await merchant.Place("k", body)).ShouldBe(202);
    }

    [Fact]
    public async Task A_placed_order_keeps_its_price()
    {
        var api = await Api.Of(Mode.Embedded);
        var merchant = api.Merchant();
        await api.Catalogue.Price("fickle-001", 100);
        var id = await merchant.Placed(Caller.Order.Replace("tea-001", "fickle-001", StringComparison.Ordinal));
        await api.Catalogue.Price("fickle-001", 999);
        (await merchant.Get($"/orders/{id}")).Json["total"]!["amount"]!.GetValue<long>().ShouldBe(200);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Prefer_wait_returns_the_final_state(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var waiting = merchant.Place("k", Caller.Order, ("Prefer", "respond-async, wait=20"));
        var order = await Eventually.Becomes("the order is stored",
            () => api.Host.Read(db => db.Orders.SingleOrDefaultAsync(row => row.Merchant == merchant.Merchant)), found => found is not null);
        var id = order!.CorrelationId;
        await api.Host.Drive(id, OrderStates.AwaitingPayment, "StockReserved");
        waiting.IsCompleted.ShouldBeFalse();
        await api.Host.Drive(id, OrderStates.Completed, "StockConfirmed");

        var answer = (await waiting).ShouldBe(200);
        answer.Json["status"]!.GetValue<string>().ShouldBe("Completed");
        answer.Header("Preference-Applied").ShouldBe("wait=20");
        (await merchant.Place("k", Caller.Order, ("Prefer", "wait=20"))).ShouldBe(200).Body.ShouldBe(answer.Body);
    }

    [Fact]
    public async Task Prefer_wait_returns_at_timeout_or_pending_payment()
    {
        var api = await Api.Of(Mode.Embedded);
        var merchant = api.Merchant();
        (await merchant.Place("k", Caller.Order, ("Prefer", "wait=1"))).ShouldBe(202).Header("Preference-Applied").ShouldBe("wait=1");
        (await merchant.Place("z", Caller.Order, ("Prefer", "wait=0"))).ShouldBe(202).Header("Preference-Applied").ShouldBe("wait=0");
        foreach (var nothing in (string[])["wait", "wait=soon", "wait=-1", "handling=lenient"])
            (await merchant.Place(Caller.NewKey(), Caller.Order, ("Prefer", nothing))).ShouldBe(202).Header("Preference-Applied").ShouldBeNull();

        var id = await merchant.Placed(Caller.Hosted);
        await api.Host.Drive(id, OrderStates.AwaitingPayment, "PaymentPending", order => order.PaymentUrl = "https://pay.example.test/1");
        var order = (await merchant.Get($"/orders/{id}")).Json["payment"]!;
        (order["status"]!.GetValue<string>(), order["url"]!.GetValue<string>()).ShouldBe(("pending", "https://pay.example.test/1"));
        order["expiresAt"]!.GetValue<DateTime>().Kind.ShouldBe(DateTimeKind.Utc);
    }
}
