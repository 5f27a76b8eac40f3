namespace OrderSaga.Contracts;

/// <summary>Every message about one order. <see cref="OrderId"/> is also the message's CorrelationId.</summary>
public interface IOrderMessage
{
    /// <summary>UUIDv7, made once when the order is placed; the one id in every message, row, log line and report.</summary>
    Guid OrderId { get; }
}

/// <summary>An amount of money.</summary>
/// <param name="Amount">Minor units of the currency (cents for EUR); never a fraction.</param>
/// <param name="Currency">ISO 4217 code, upper case.</param>
public sealed record Money(long Amount, string Currency);

/// <summary>One line of an order.</summary>
/// <param name="Sku">The stock keeping unit, as in the price list.</param>
/// <param name="Quantity">Whole pieces, at least 1.</param>
public sealed record OrderLine(string Sku, int Quantity);

/// <summary>How the customer pays.</summary>
/// <param name="Method"><c>card</c> (with a token of the gateway) or <c>hosted</c> (the customer pays at a url).</param>
/// <param name="Token">The gateway's token for the card; absent for <c>hosted</c>.</param>
public sealed record PaymentInstruction(string Method, string? Token = null);

/// <summary>The queues that take commands; everything else is published.</summary>
public static class Queues
{
    /// <summary>Takes <see cref="SubmitOrder"/> from systems on the bus.</summary>
    public const string SubmitOrder = "submit-order";

    /// <summary>The order saga: participants' answers, <see cref="CancelOrder"/>, <see cref="CheckOrder"/>.</summary>
    public const string Orders = "orders";

    /// <summary>Try, Confirm and Cancel of the stock branch.</summary>
    public const string Inventory = "inventory";

    /// <summary>Try, Confirm and Cancel of the payment branch.</summary>
    public const string Payments = "payments";
}
