using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Body of POST /v1/authorizations.</summary>
/// <param name="Reference">The caller's own id, 1 to 100 printable characters.</param>
/// <param name="Amount">Minor units, at least 1.</param>
/// <param name="Currency">ISO 4217, upper case.</param>
/// <param name="Token">Card token; absent for a hosted payment.</param>
/// <param name="Hosted">True: the customer pays on a hosted page.</param>
/// <param name="ExpiresAt">UTC; when the hosted page closes.</param>
sealed record AuthorizationRequest(string? Reference, long? Amount, string? Currency, string? Token, bool Hosted, DateTime? ExpiresAt)
{
    const int MaxReferenceLength = 100;

    /// <summary>Returns the request with its time in UTC and whole milliseconds, or throws a problem that says what to change.</summary>
    public AuthorizationRequest Validated()
    {
        CheckFacts(Reference, Amount, Currency);
        if (!Hosted)
        {
            Require(Token is not null, "send a token, or \"hosted\": true.");
            if (!Tokens.IsKnown(Token))
                throw new Problem(
                    ProblemTypes.UnknownCard, $"Send one of the tokens {string.Join(", ", Tokens.All)}, or \"hosted\": true.");
            Require(ExpiresAt is null, "expiresAt is only for hosted payments: add \"hosted\": true, or omit it.");
            return this;
        }

        Require(Token is null, "send a token or \"hosted\": true, not both.");
        Require(ExpiresAt is not null, "a hosted payment needs expiresAt, e.g. \"2030-01-31T12:00:00Z\".");
        return this with { ExpiresAt = WholeMilliseconds(ExpiresAt!.Value) };
    }

    public static void CheckFacts(string? reference, long? amount, string? currency)
    {
        Require(FieldRules.IsPrintable(reference, MaxReferenceLength), $"reference must have 1 to {MaxReferenceLength} printable ASCII characters.");
        Require(amount is >= 1 and <= FieldRules.MaxTotal, $"amount must be a whole number of minor units, 1 to {FieldRules.MaxTotal}.");
        Require(Currencies.IsKnown(currency), "currency must be an ISO 4217 code such as EUR.");
    }

    /// <summary>A time without a zone is UTC.</summary>
    static DateTime WholeMilliseconds(DateTime time)
    {
        var utc = time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime();
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMillisecond));
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new Problem(ProblemTypes.InvalidAuthorization, rule);
    }
}

/// <summary>The test cards.</summary>
static class Tokens
{
    public const string Ok = "tok_ok";
    public const string Declined = "tok_declined";

    /// <summary>Declined for a reason that another gateway may decide differently.</summary>
    public const string SoftDeclined = "tok_soft_declined";

    /// <summary>Succeeds, but never answers.</summary>
    public const string Timeout = "tok_timeout";

    /// <summary>Succeeds, but answers with 500.</summary>
    public const string Error = "tok_error";

    /// <summary>Succeeds, and answers after a delay.</summary>
    public const string Slow = "tok_slow";

    /// <summary>Authorized, but the capture is declined.</summary>
    public const string CaptureRefused = "tok_capture_refused";

    public static readonly string[] All = [Ok, Declined, SoftDeclined, Timeout, Error, Slow, CaptureRefused];

    public static bool IsKnown(string? token) => token is not null && Array.IndexOf(All, token) >= 0;
}
