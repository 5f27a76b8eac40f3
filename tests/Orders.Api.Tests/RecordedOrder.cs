using OrderSaga.Platform.History;

namespace Orders.Api.Tests;

/// <summary>The history of one order, as the services record it. Times are milliseconds after the placement.</summary>
sealed class RecordedOrder
{
    public static readonly Guid Id = Guid.Parse("019c13f2-6c00-7a51-8f3e-2b7d64c1a901");
    public static readonly DateTime PlacedAt = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    readonly List<HistoryItem> own = [];
    readonly List<HistoryItem> others = [];
    readonly List<TimelineGap> gaps = [];
    readonly Dictionary<string, string> states = [];

    public RecordedOrder Order(double at, string cause, string to, string? detail = null) =>
        Add(own, at, cause == "CheckRequested" ? "recovery" : "order", "order", cause, to, detail);

    public RecordedOrder Stock(double at, string cause, string to) => Add(others, at, "stock", "stock branch", cause, to, null);

    public RecordedOrder Payment(double at, string cause, string to) => Add(others, at, "payment", "payment branch", cause, to, null);

    public RecordedOrder Gateway(double at, string operation, string cause, string to) =>
        Add(others, at, "gateway", "payment " + operation, cause, to, null);

    public RecordedOrder Other(double at, string source, string subject, string cause, string to) => Add(others, at, source, subject, cause, to, null);

    /// <summary>The source's items are missing.</summary>
    public RecordedOrder Without(string source, string reason)
    {
        others.RemoveAll(item => item.Source == source || (source == "payment" && item.Source == "gateway"));
        gaps.Add(new TimelineGap(source, reason));
        return this;
    }

    /// <summary>The clock of a source is wrong.</summary>
    public RecordedOrder Shifted(string source, TimeSpan by)
    {
        for (var at = 0; at < others.Count; at++)
            if (others[at].Source == source)
                others[at] = others[at] with { At = others[at].At + by };
        return this;
    }

    public OrderTrace Trace(double now)
    {
        var order = new OrderState { CorrelationId = Id, State = states["order"], CreatedAt = PlacedAt };
        return SpanTree.Of(new OrderHistory(order, own, others, gaps), PlacedAt.AddMilliseconds(now));
    }

    /// <summary>The branches are tried and confirmed, one after the other.</summary>
    public static RecordedOrder Completed() => new RecordedOrder()
        .Order(0, "SubmitOrder", "Reserving")
        .Stock(17.2, "TryReserveStock", "Tried")
        .Order(31.5, "StockReserved", "AwaitingPayment")
        .Authorized(35, 59)
        .Order(61.5, "PaymentAuthorized", "ConfirmingPayment")
        .Confirmed(64);

    /// <summary>The gateway authorizes the payment.</summary>
    public RecordedOrder Authorized(double from, double to) =>
        Payment(from, "TryAuthorizePayment", "Trying")
        .Gateway(from, "authorize", "TryAuthorizePayment", "Sent")
        .Gateway(to, "authorize", "gateway called", "Succeeded")
        .Payment(to, "gateway: authorize succeeded", "Tried");

    /// <summary>From the capture to the end, 26 ms later.</summary>
    public RecordedOrder Confirmed(double from) =>
        Payment(from, "ConfirmPayment", "Confirming")
        .Gateway(from, "capture", "ConfirmPayment", "Sent")
        .Gateway(from + 16, "capture", "gateway called", "Succeeded")
        .Payment(from + 16, "gateway: capture succeeded", "Confirmed")
        .Order(from + 18, "PaymentConfirmed", "ConfirmingStock")
        .Stock(from + 22, "ConfirmStock", "Confirmed")
        .Order(from + 26, "StockConfirmed", "Completed");

    RecordedOrder Add(List<HistoryItem> items, double at, string source, string subject, string cause, string to, string? detail)
    {
        items.Add(new HistoryItem(PlacedAt.AddMilliseconds(at), source, subject, states.GetValueOrDefault(subject), to, cause, detail));
        states[subject] = to;
        return this;
    }
}
