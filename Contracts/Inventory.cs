namespace OrderSaga.Contracts;

/// <summary>Command (Try): set the lines' quantities aside for the order, all or none.</summary>
public sealed record TryReserveStock(Guid OrderId, IReadOnlyList<OrderLine> Lines) : IOrderMessage;

/// <summary>Command (Confirm): what is held for the order is sold. Cannot fail after <see cref="StockReserved"/>.</summary>
public sealed record ConfirmStock(Guid OrderId) : IOrderMessage;

/// <summary>Command (Cancel): release what is held for the order, return what is sold to it; also before its Try, and again.</summary>
public sealed record CancelStock(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Event: the Try succeeded; the hold lasts until Confirm or Cancel.</summary>
public sealed record StockReserved(Guid OrderId) : IOrderMessage;

/// <summary>Event: the Try was refused; nothing is held.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Reason"><c>sold out</c>, <c>unknown sku</c>, <c>the lines are not usable</c> or <c>cancelled before tried</c>.</param>
/// <param name="Lines">The lines that could not be had.</param>
public sealed record StockRejected(Guid OrderId, string Reason, IReadOnlyList<RejectedLine> Lines) : IOrderMessage;

/// <summary>Event: the hold is sold.</summary>
public sealed record StockConfirmed(Guid OrderId) : IOrderMessage;

/// <summary>Event: nothing is held for the order, now or ever again.</summary>
public sealed record StockCancelled(Guid OrderId) : IOrderMessage;

/// <summary>A line that could not be held.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Requested">Pieces asked for.</param>
/// <param name="Available">Pieces that were available then.</param>
public sealed record RejectedLine(string Sku, int Requested, int Available);
