namespace Orders.Model;

/// <summary>The names of the order's states, as stored and as shown to callers.</summary>
public static class States
{
    /// <summary>Placed; stock has been asked for.</summary>
    public const string Reserving = "Reserving";

    /// <summary>Stock is held; the money has been asked for, or waits for the customer.</summary>
    public const string AwaitingPayment = "AwaitingPayment";

    /// <summary>The money is set aside; its capture has been asked for.</summary>
    public const string ConfirmingPayment = "ConfirmingPayment";

    /// <summary>The money is captured; the stock's sale has been asked for.</summary>
    public const string ConfirmingStock = "ConfirmingStock";

    /// <summary>Every branch that was tried is being cancelled.</summary>
    public const string Cancelling = "Cancelling";

    /// <summary>Terminal: goods and money are confirmed.</summary>
    public const string Completed = "Completed";

    /// <summary>Terminal: nothing is held, no money is taken.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>A person must look.</summary>
    public const string NeedsReview = "NeedsReview";

    /// <summary>In the order of an order's life.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Reserving, AwaitingPayment, ConfirmingPayment, ConfirmingStock, Cancelling, Completed, Cancelled, NeedsReview];

    /// <summary>Nothing more will happen by itself; but an order in review that is not paid is cancelled at its deadline.</summary>
    public static bool AtRest(string state) => state is Completed or Cancelled or NeedsReview;

    /// <summary>No money is authorized yet: the time to pay runs.</summary>
    public static bool Unpaid(string? state) => state is Reserving or AwaitingPayment;
}
