using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;

namespace Orders.Sagas.Tests;

/// <summary>A row of the state table: an order in a state, or no order.</summary>
sealed record Situation(string Name, string State, Func<DateTime, OrderState>? Make)
{
    public static IReadOnlyList<Situation> All { get; } =
    [
        .. OrderLifecycle.States.Where(state => state != OrderStates.NeedsReview).SelectMany(Of),
        .. OrderLifecycle.States.Where(state => !OrderLifecycle.Of(state).IsFinalOrInReview).Select(from =>
            new Situation($"NeedsReview, from {from}", OrderStates.NeedsReview, now => Some.InReview(from, now))),
        .. OrderLifecycle.States.Where(state => OrderLifecycle.Of(state).IsUnpaid).Select(from =>
            new Situation($"NeedsReview, from {from} after its time to pay", OrderStates.NeedsReview, now => With(Some.InReview(from, now), Overdue))),
        new Situation("NeedsReview, from Cancelling after StockCancelled", OrderStates.NeedsReview,
            now => With(Some.InReview(OrderStates.Cancelling, now), x => x.StockReleased = true)),
        new Situation("no such order", "", null),
    ];

    static IEnumerable<Situation> Of(string state)
    {
        yield return new Situation(state, state, now => Some.Order(state, now));
        if (OrderLifecycle.Of(state).IsUnpaid)
        {
            yield return new Situation($"{state}, cancellation requested", state, now =>
                With(Some.Order(state, now), x => x.CancellationRequested = "no more tea"));
            yield return new Situation($"{state}, time to pay over", state, now => With(Some.Order(state, now), Overdue));
        }

        if (state is OrderStates.AwaitingPayment or OrderStates.Trying)
            yield return new Situation($"{state}, payment page known", state, now => With(Some.Order(state, now), x => x.PaymentUrl = Some.PayUrl));
        if (state != OrderStates.Cancelling)
            yield break;
        yield return new Situation("Cancelling, after StockCancelled", state, now => With(Some.Order(state, now), x => x.StockReleased = true));
        yield return new Situation("Cancelling, after PaymentCancelled", state, now => With(Some.Order(state, now), x => x.PaymentReleased = true));
    }

    static void Overdue(OrderState order) =>
        (order.PayBefore, order.NextRetryAt) = (order.CreatedAt.AddMinutes(-1), order.CreatedAt.AddSeconds(-1));

    static OrderState With(OrderState order, Action<OrderState> change)
    {
        change(order);
        return order;
    }
}

/// <summary>A column of the state table: a message and, for a check, what it finds.</summary>
sealed record Trigger(string Name, Func<OrderState, IOrderMessage> Message, Action<OrderState, DateTime>? Change = null)
{
    public const string Check = nameof(CheckOrder);

    public static IReadOnlyList<Trigger> All { get; } =
    [
        Of(id => new StockReserved(id)), Of(id => new StockRejected(id, "sold out", [])), Of(id => new StockConfirmed(id)), Of(id => new StockCancelled(id)),
        Of(id => new PaymentAuthorized(id)), Of(id => new PaymentPending(id, Some.PayUrl, DateTime.UnixEpoch.AddYears(100))),
        Of(id => new PaymentDeclined(id, "no funds")), Of(id => new PaymentConfirmed(id)),
        Of(id => new PaymentRefused(id, "too late")), Of(id => new PaymentCancelled(id)),
        Of(id => new CancelOrder(id, "changed their mind")),
        new Trigger(nameof(RetryOrder), order => new RetryOrder(order.CorrelationId, order.Version)),
        new Trigger(nameof(AbandonOrder), order => new AbandonOrder(order.CorrelationId, order.Version)),
        Checked("due"),
        Checked("not due", (order, now) => order.NextRetryAt = now.AddHours(1)),
        new Trigger($"{Check} (of an older version)", order => new CheckOrder(order.CorrelationId, order.Version - 1)),
        Checked("due, no retries left", (order, _) => order.RetryCount = new OrderSettings().MaxRetries),
    ];

    static Trigger Of<T>(Func<Guid, T> message) where T : IOrderMessage => new(typeof(T).Name, order => message(order.CorrelationId));

    static Trigger Checked(string finds, Action<OrderState, DateTime>? change = null) =>
        new($"{Check} ({finds})", order => new CheckOrder(order.CorrelationId, order.Version), change);
}

/// <summary>A cell of the table: what the state machine did.</summary>
sealed record Cell(Situation Situation, Trigger Trigger, OrderState Before, Parcel Parcel)
{
    public const string Ignored = "ignored";
    public const string Refused = "error: stored as a failed message";

    public string Does { get; private set; } = "";
    public string GoesTo { get; private set; } = "";
    public IReadOnlyList<(string From, string Cause, string To)> Steps { get; private set; } = [];
    public IReadOnlyList<string> Messages { get; private set; } = [];

    public void Outcome(OrderState? after, IEnumerable<Sent> sent, IEnumerable<AuditRow> audit, FailedMessage? failed)
    {
        var notes = audit.ToList();
        var messages = sent.ToList();
        (Steps, Messages) = (notes.ConvertAll(row => (row.From, row.Cause, row.To)), messages.ConvertAll(message => message.MessageType));
        if (failed is not null)
        {
            (after?.Version ?? Before.Version, messages.Count, notes.Count).ShouldBe((Before.Version, 0, 0), $"{Situation.Name} x {Trigger.Name} was refused");
            Does = Refused;
            return;
        }

        if (after is null || after.Version == Before.Version)
        {
            (messages.Count, notes.Count).ShouldBe((0, 0), $"{Situation.Name} x {Trigger.Name} changed nothing");
            Does = Ignored;
            return;
        }

        after.Version.ShouldBe(Before.Version + 1);
        GoesTo = after.State;
        Does = string.Join(", ", messages.GroupBy(message => message.IsEvent ? "publishes" : "sends")
            .Select(verb => $"{verb.Key} {string.Join(" and ", verb.Select(message => message.MessageType).Order(StringComparer.Ordinal))}"));
        if (Does.Length == 0)
            Does = notes.LastOrDefault()?.Detail ?? "only sets the next check";
    }
}
