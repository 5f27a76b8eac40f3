namespace Orders.Api;

/// <summary>The call tree of an order: which step waited for which service, and for how long.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Status">The state of the order in this tree.</param>
/// <param name="TraceId">The trace of the placement, for a telemetry backend; null: none was recorded.</param>
/// <param name="Source">Always <c>audit</c>: whole steps, without the calls inside them.</param>
/// <param name="PlacedAt">UTC; all offsets count from it.</param>
/// <param name="EndedAt">UTC; when the order became final; null: it has not ended.</param>
/// <param name="Root">The placement, which lasts until the order is final; its children are the steps of the saga.</param>
/// <param name="Gaps">Services whose spans are missing, and why; empty if the tree is complete.</param>
public sealed record OrderTrace(
    Guid OrderId, string Status, string? TraceId, string Source, DateTime PlacedAt, DateTime? EndedAt, TraceSpan Root, IReadOnlyList<TimelineGap> Gaps);

/// <summary>A part of an order's time. Times are those of the service that recorded them, also where its clock is wrong.</summary>
/// <param name="Name">
/// The message that began a step of the saga, the command that a participant handled, or the operation of the gateway. Other events have
/// their subject and cause.
/// </param>
/// <param name="Service">Orders (Orders.Api and Orders.Sagas), Inventory, Payments, Gateway, Reconciler or Operator.</param>
/// <param name="StartMs">Milliseconds since the placement.</param>
/// <param name="DurationMs">Milliseconds; of an open span until now. 0: only the moment of the change is known.</param>
/// <param name="Open">It has not ended.</param>
/// <param name="Critical">
/// On the critical path: the order would have ended earlier without it. The saga's steps on the path last as long as the whole order.
/// </param>
/// <param name="Result">The state at its end, or now.</param>
/// <param name="Detail">Optional explanation.</param>
/// <param name="Note">What an open step waits for; or by how much its service's clock differs from that of Orders.</param>
/// <param name="Children">What it caused, by start.</param>
public sealed record TraceSpan(
    string Name, string Service, double StartMs, double DurationMs, bool Open, bool Critical, string Result, string? Detail, string? Note,
    IReadOnlyList<TraceSpan> Children);
