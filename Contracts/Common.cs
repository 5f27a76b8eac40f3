namespace OrderSaga.Contracts;

/// <summary>A message about one order. <see cref="OrderId"/> is also the message's CorrelationId.</summary>
public interface IOrderMessage
{
    /// <summary>UUIDv7, generated when the order is placed. The only order id: messages, rows, logs and reports all use it.</summary>
    Guid OrderId { get; }
}

/// <summary>An amount of money.</summary>
/// <param name="Amount">Whole minor units of the currency (cents for EUR).</param>
/// <param name="Currency">ISO 4217 code, upper case.</param>
public sealed record Money(long Amount, string Currency);

/// <summary>One line of an order.</summary>
/// <param name="Sku">The stock keeping unit, as in the price list.</param>
/// <param name="Quantity">Whole pieces, at least 1.</param>
public sealed record OrderLine(string Sku, int Quantity);

/// <summary>How the customer pays.</summary>
/// <param name="Method"><c>card</c> (with a token of the gateway) or <c>hosted</c> (the customer pays on a hosted page).</param>
/// <param name="Token">The gateway's token for the card, never the card's number; absent for <c>hosted</c>.</param>
public sealed record PaymentInstruction(string Method, string? Token = null);

/// <summary>The queues that receive commands and answers. Events are published.</summary>
public static class Queues
{
    /// <summary>Receives <see cref="SubmitOrder"/> from systems on the bus.</summary>
    public const string SubmitOrder = "submit-order";

    /// <summary>Receives the order saga's messages: participants' answers, <see cref="CancelOrder"/>, <see cref="CheckOrder"/>.</summary>
    public const string Orders = "orders";

    /// <summary>Receives Try, Confirm and Cancel of the stock branch.</summary>
    public const string Inventory = "inventory";

    /// <summary>Receives Try, Confirm and Cancel of the payment branch.</summary>
    public const string Payments = "payments";
}
