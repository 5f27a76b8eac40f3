namespace Orders.Model;

/// <summary>The order's states, as stored and as shown to callers; <see cref="OrderLifecycle"/> has their rules.</summary>
public static class OrderStates
{
    /// <summary>Placed; the stock reservation was requested.</summary>
    public const string Reserving = "Reserving";

    /// <summary>Placed with the flow <see cref="OrderFlows.BothAtOnce"/>; the stock reservation and the authorization were requested together.</summary>
    public const string Trying = "Trying";

    /// <summary>Stock is reserved; the authorization was requested, or the customer has not paid yet.</summary>
    public const string AwaitingPayment = "AwaitingPayment";

    /// <summary>In the flow <see cref="OrderFlows.BothAtOnce"/>: the payment is authorized; the stock reservation was requested.</summary>
    public const string AwaitingStock = "AwaitingStock";

    /// <summary>The payment is authorized; its capture was requested.</summary>
    public const string ConfirmingPayment = "ConfirmingPayment";

    /// <summary>The payment is captured; the sale of the stock was requested.</summary>
    public const string ConfirmingStock = "ConfirmingStock";

    /// <summary>The Cancel of every branch that may hold something was requested.</summary>
    public const string Cancelling = "Cancelling";

    /// <summary>Final: stock and payment are confirmed.</summary>
    public const string Completed = "Completed";

    /// <summary>Final: no goods are held or sold, no money is authorized or kept.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>An operator must decide.</summary>
    public const string NeedsReview = "NeedsReview";
}
