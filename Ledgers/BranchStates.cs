namespace OrderSaga.Ledgers;

/// <summary>Branch states as stored by the participants.</summary>
public static class BranchStates
{
    /// <summary>The authorization was requested; its answer is unknown.</summary>
    public const string Trying = "Trying";

    /// <summary>The customer has not paid yet.</summary>
    public const string Pending = "Pending";

    /// <summary>Stock is held, or a payment is authorized.</summary>
    public const string Tried = "Tried";

    public const string Refused = "Refused";

    /// <summary>The capture was requested; its answer is unknown.</summary>
    public const string Confirming = "Confirming";

    /// <summary>The payment is authorized, but its capture was refused.</summary>
    public const string CaptureRefused = "CaptureRefused";

    /// <summary>Stock is sold, or a payment is captured.</summary>
    public const string Confirmed = "Confirmed";

    /// <summary>The void or refund was requested.</summary>
    public const string Cancelling = "Cancelling";

    public const string Cancelled = "Cancelled";

    /// <summary>Not stored: the participant has no row.</summary>
    public const string Absent = "none";

    public static IReadOnlyList<string> OfStock { get; } = [Absent, Tried, Refused, Confirmed, Cancelled];

    public static IReadOnlyList<string> OfPayment { get; } =
        [Absent, Trying, Pending, Tried, Refused, Confirming, CaptureRefused, Confirmed, Cancelling, Cancelled];
}

/// <summary>The gateway's operations, as stored in payment attempts and settlement rows.</summary>
public static class GatewayOperations
{
    public const string Authorize = "authorize";
    public const string Capture = "capture";
    public const string Refund = "refund";
}

/// <summary>Outcomes of a payment attempt: the gateway did the operation, refused it, or never got it.</summary>
public static class AttemptStates
{
    public const string Succeeded = "Succeeded";
    public const string Declined = "Declined";

    /// <summary>The gateway was never reached.</summary>
    public const string NotSent = "NotSent";
}
