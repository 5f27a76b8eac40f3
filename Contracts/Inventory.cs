namespace OrderSaga.Contracts;

/// <summary>Command (Try): reserves the quantities of all lines for the order, or none.</summary>
[SentBy(ServiceNames.OrdersApi, ServiceNames.OrdersSagas)]
public sealed record TryReserveStock(Guid OrderId, IReadOnlyList<OrderLine> Lines) : IOrderMessage;

/// <summary>Command (Confirm): sells the order's reservation. Cannot fail after <see cref="StockReserved"/>.</summary>
[SentBy(ServiceNames.OrdersSagas, ServiceNames.Reconciler)]
public sealed record ConfirmStock(Guid OrderId) : IOrderMessage;

/// <summary>Command (Cancel): releases the order's reservation, or returns what was sold. Valid before the Try; repeatable.</summary>
[SentBy(ServiceNames.OrdersSagas, ServiceNames.Reconciler)]
public sealed record CancelStock(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Answer: the Try succeeded; the reservation lasts until Confirm or Cancel.</summary>
[SentBy(ServiceNames.Inventory, ServiceNames.Reconciler)]
public sealed record StockReserved(Guid OrderId) : IOrderMessage;

/// <summary>Answer: the Try was refused; nothing is reserved.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Reason"><c>sold out</c>, <c>unknown sku</c>, <c>the lines are not usable</c> or <c>already cancelled</c>.</param>
/// <param name="Lines">The lines that could not be reserved.</param>
[SentBy(ServiceNames.Inventory, ServiceNames.Reconciler)]
public sealed record StockRejected(Guid OrderId, string Reason, IReadOnlyList<RejectedLine> Lines) : IOrderMessage;

/// <summary>Answer: the reservation is sold.</summary>
[SentBy(ServiceNames.Inventory, ServiceNames.Reconciler)]
public sealed record StockConfirmed(Guid OrderId) : IOrderMessage;

/// <summary>Answer: nothing is reserved or sold for the order, and nothing will be.</summary>
[SentBy(ServiceNames.Inventory, ServiceNames.Reconciler)]
public sealed record StockCancelled(Guid OrderId) : IOrderMessage;

/// <summary>A line that could not be reserved.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Requested">Pieces requested.</param>
/// <param name="Available">Pieces available at that moment.</param>
public sealed record RejectedLine(string Sku, int Requested, int Available);
