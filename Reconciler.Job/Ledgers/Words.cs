namespace Reconciler.Job;

/// <summary>The words in which the participants store the states of their branches.</summary>
static class BranchStates
{
    /// <summary>The authorization is asked for; its answer is not known.</summary>
    public const string Trying = "Trying";

    /// <summary>The customer has yet to pay.</summary>
    public const string Pending = "Pending";

    /// <summary>Stock is held, or money is authorized.</summary>
    public const string Tried = "Tried";

    public const string Refused = "Refused";

    /// <summary>The capture is asked for; its answer is not known.</summary>
    public const string Confirming = "Confirming";

    /// <summary>The authorization stands, and its capture was refused.</summary>
    public const string CaptureRefused = "CaptureRefused";

    /// <summary>Stock is sold, or money is captured.</summary>
    public const string Confirmed = "Confirmed";

    /// <summary>The void or the refund is asked for.</summary>
    public const string Cancelling = "Cancelling";

    public const string Cancelled = "Cancelled";

    /// <summary>Not a stored word: the participant has no row.</summary>
    public const string Absent = "none";

    public static IReadOnlyList<string> OfStock { get; } = [Absent, Tried, Refused, Confirmed, Cancelled];

    public static IReadOnlyList<string> OfPayment { get; } =
        [Absent, Trying, Pending, Tried, Refused, Confirming, CaptureRefused, Confirmed, Cancelling, Cancelled];
}

/// <summary>What the gateway can do, in its own words and in those of the payment attempts.</summary>
static class GatewayWords
{
    public const string Authorize = "authorize";
    public const string Capture = "capture";
    public const string Refund = "refund";
    public const string Succeeded = "Succeeded";
    public const string Declined = "Declined";
}
