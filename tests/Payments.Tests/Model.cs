namespace OrderSaga.Payments.Tests;

/// <summary>
/// The expected behaviour when each command is answered before the next arrives, as facts about one order instead of states; written
/// independently of the rule, to check it.
/// </summary>
sealed class Model
{
    bool tried;
    bool captured;
    bool dead;

    /// <summary>The response to the saga; null if the command must be refused with an alarm.</summary>
    public string? Handle(Op op) => op switch
    {
        Op.Try => Try(),
        Op.Confirm => Confirm(),
        _ => Cancel(),
    };

    public string State => dead ? "Cancelled" : captured ? "Confirmed" : tried ? "Tried" : "";

    /// <summary>The operations that the gateway's ledger must show, each once.</summary>
    public string Ledger => string.Join(", ", new[]
    {
        tried ? "authorize" : null, captured ? "capture" : null, dead && captured ? "refund" : dead && tried ? "void" : null,
    }.OfType<string>());

    string Try()
    {
        if (dead)
            return "PaymentDeclined: already cancelled";
        tried = true;
        return "PaymentAuthorized";
    }

    string? Confirm()
    {
        if (dead)
            return "PaymentCancelled";
        if (!tried)
            return null;
        captured = true;
        return "PaymentConfirmed";
    }

    string Cancel()
    {
        dead = true;
        return "PaymentCancelled";
    }
}
