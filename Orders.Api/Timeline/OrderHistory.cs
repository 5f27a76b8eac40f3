using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.History;

namespace Orders.Api;

/// <summary>What all services recorded about one order, each in its own sequence.</summary>
/// <param name="Order">The order.</param>
/// <param name="Own">The order's audit.</param>
/// <param name="Others">What the participants and the reconciler recorded, and the webhooks to the merchant.</param>
/// <param name="Gaps">Sources whose items are missing, and why.</param>
sealed record OrderHistory(
    OrderState Order, IReadOnlyList<HistoryItem> Own, IReadOnlyList<HistoryItem> Others, IReadOnlyList<TimelineGap> Gaps)
{
    /// <summary>Oldest first, by the clocks of the services.</summary>
    public IEnumerable<HistoryItem> ByTime => Own.Concat(Others).OrderBy(item => item.At);

    /// <summary>Queries the participants in parallel with a short timeout; those that do not answer are gaps.</summary>
    public static async Task<OrderHistory> Read(OrdersDb db, OrderState order, ParticipantHistories participants, CancellationToken cancel)
    {
        var requested = participants.Histories(order.CorrelationId, cancel);
        var own = await AuditHistory.Read(db, order.CorrelationId.ToString(), SourceOf, cancel);
        var deliveries = await TimelineDeliveries.Of(db, order, cancel);
        var received = await requested;
        return new OrderHistory(order, own.Items, [.. received.SelectMany(one => one.Items), .. deliveries], [.. GapsOf(own, received)]);
    }

    /// <summary>Removes operators' names and technical errors; the participants' own histories show them to operators.</summary>
    public OrderHistory ForMerchant() => this with { Own = [.. Own.Select(Visible)], Others = [.. Others.Select(Visible)] };

    static HistoryItem Visible(HistoryItem item) => item switch
    {
        { Source: "operator" } => item with { Cause = "operator", Detail = null },
        { Source: "case" or "repair" } => item with { Cause = "reconciliation", Detail = null },
        { Source: "gateway", To: "Unknown" } => item with { Detail = "no answer" },
        { Source: "gateway", To: "NotSent" } => item with { Detail = "not reached" },
        { Source: "gateway", To: "Declined" } => item with { Detail = null },
        _ => item,
    };

    static IEnumerable<TimelineGap> GapsOf(AuditHistory own, ParticipantHistory[] received) =>
        (own.Complete ? [] : new[] { new TimelineGap("order", $"only its last {AuditHistory.MaxItems} items are shown") })
        .Concat(received.Select(one => one.Gap).OfType<TimelineGap>());

    static string SourceOf(AuditRow row) => row switch
    {
        { Subject: not OrderAudit.Subject } => "operator",
        { Cause: OrderAudit.RecoveryCause } => "recovery",
        _ => "order",
    };
}
