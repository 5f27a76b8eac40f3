namespace OrderSaga.Payments.Tests;

/// <summary>
/// A customer pays at the gateway's page too late: the gateway has expired the payment, and the order is cancelled or about to be. In
/// whatever order the messages arrive, with or without a webhook, the money is released once.
/// </summary>
public sealed class LatePaymentTests(ITestOutputHelper output)
{
    static readonly Step[][] Orders = [.. Permutations([Step.Expire, Step.Cancel, Step.Pay, Step.Tell])];

    public static IEnumerable<object[]> Ways() =>
        from database in Bench.Databases()
        from webhooks in new[] { 0, 1, 2 }
        from committedLast in new[] { false, true }
        select new object[] { (string)database, webhooks, committedLast };

    enum Step
    {
        /// <summary>The gateway expires the payment and sends a webhook.</summary>
        Expire,

        Cancel,

        /// <summary>The customer still pays.</summary>
        Pay,

        /// <summary>The gateway's webhooks about the payment arrive once, twice or never.</summary>
        Tell,
    }

    /// <param name="database">The database to use.</param>
    /// <param name="webhooks">The number of webhooks about the late money.</param>
    /// <param name="committedLast">Responses of the gateway are in transit until the end and arrive in reverse order.</param>
    [Theory, MemberData(nameof(Ways))]
    public async Task Late_money_is_released_once_in_any_message_order(string database, int webhooks, bool committedLast)
    {
        await using var bench = await Bench.Start(database);
        var runs = Orders.Select(steps => new Run(steps, Some.Order())).ToList();
        await bench.Deliver([.. runs.Select(run => Some.Hosted(run.OrderId))]);
        await bench.Drain();
        foreach (var run in runs)
            await Play(bench, run, webhooks, committedLast);
        await Watch(bench, hours: 25);

        var answers = await bench.TakeAnswers();
        foreach (var run in runs)
        {
            var why = $"{string.Join(' ', run.Steps)}: ledger {bench.Gateway.Done(run.OrderId)}, way {await bench.Path(run.OrderId)}";
            output.WriteLine(why);
            bench.Gateway.Done(run.OrderId).ShouldBe(run.Paid ? "authorize, void" : "void", why);
            (await bench.Branch(run.OrderId)).State.ShouldBe(BranchState.Cancelled, why);
            answers[run.OrderId].ShouldContain("PaymentCancelled", why);
        }

        runs.Count(run => run.Paid).ShouldBeGreaterThan(Orders.Length / 2);
        await Audits.ShouldBeWhole(bench, runs.ConvertAll(run => run.OrderId));
    }

    [Fact]
    public async Task An_unpaid_payment_is_polled_less_often_for_a_day()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order));
        await bench.Drain();
        bench.Gateway.Conclude(order, "expired");
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentPending, PaymentDeclined: expired");
        var before = bench.Gateway.Requests;
        await Watch(bench, hours: 40);
        (bench.Gateway.Requests - before).ShouldBeInRange(3, 8);
        (await bench.Attempt(order, Operation.Authorize)).NextAttemptAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_void_before_the_payment_report_raises_no_alarm()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order));
        await bench.Drain();
        bench.Gateway.Conclude(order, "succeeded");
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        await Watch(bench, hours: 1);
        bench.Gateway.Done(order).ShouldBe("authorize, void");
        (await bench.Path(order)).ShouldBe("Trying Pending Cancelling Cancelled");
    }

    static async Task Play(Bench bench, Run run, int webhooks, bool committedLast)
    {
        var held = new List<CallResult>();
        foreach (var step in run.Steps)
        {
            await Do(bench, run, step, webhooks);
            if (committedLast)
                held.AddRange(await bench.Call(bench.Waiting()));
            else
                await bench.Drain();
        }

        held.Reverse();
        foreach (var result in held)
            await bench.Commit(result);
        await bench.Drain();
    }

    static async Task Do(Bench bench, Run run, Step step, int webhooks)
    {
        switch (step)
        {
            case Step.Expire when !run.Paid && !run.Voided(bench):
                bench.Gateway.Conclude(run.OrderId, "expired");
                await Tell(bench, run, "expired", "authorization.expired");
                break;
            case Step.Cancel:
                await bench.Deliver(Some.Cancel(run.OrderId));
                break;
            case Step.Pay when !run.Voided(bench):
                run.Paid = true;
                bench.Gateway.Conclude(run.OrderId, "succeeded");
                break;
            case Step.Tell:
                for (var i = 0; i < webhooks; i++)
                    await Tell(bench, run, $"paid_{i}", "authorization.succeeded");
                break;
        }
    }

    static Task<string> Tell(Bench bench, Run run, string id, string type) =>
        bench.Get<WebhookReceiver>().Receive(GatewaySettings.Main, $"msg_{run.OrderId}_{id}", Signed.Event(run.OrderId, type, run.Authorization(bench)));

    static async Task Watch(Bench bench, int hours)
    {
        for (var hour = 0; hour < hours; hour++)
        {
            bench.Clock.Advance(TimeSpan.FromHours(1));
            await bench.Sweep();
        }
    }

    static IEnumerable<Step[]> Permutations(Step[] of) => of.Length == 1
        ? [of]
        : of.SelectMany(first => Permutations([.. of.Where(step => step != first)]).Select(rest => (Step[])[first, .. rest]));

    sealed record Run(Step[] Steps, Guid OrderId)
    {
        public bool Paid { get; set; }

        public string Authorization(Bench bench) => Answers(bench, "authorize").Single().Id!;

        public bool Voided(Bench bench) => Answers(bench, "void").Any();

        IEnumerable<GatewayOperation> Answers(Bench bench, string operation) =>
            bench.Gateway.Ledger.Where(received => received.Reference == OrderId.ToString() && received.Operation == operation);
    }
}
