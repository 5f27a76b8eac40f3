using static OrderSaga.Ledgers.BranchStates;

namespace OrderSaga.Verifier;

/// <summary>I17: nothing is authorized or captured after an order's deadline and margin, and an unpaid order holds no stock then.</summary>
static class TimeToPay
{
    public static IEnumerable<InvariantViolation> Of(OrderEvidence evidence, VerificationTerms terms)
    {
        if (evidence.Placement is not { PayBefore: var payBefore })
            yield break;
        var last = payBefore + terms.PayMargin;
        foreach (var (operation, at) in Money(evidence).Where(moved => moved.At > last))
            yield return new InvariantViolation("I17", $"{evidence.Id}", $"had until {payBefore:u} to pay, but its {operation} was at {at:u}");
        if (last < terms.Until && terms.IsSettled(evidence) && evidence.Snapshot.StockState == Tried && evidence.Snapshot.PaymentState != Confirmed)
            yield return new InvariantViolation(
                "I17", $"{evidence.Id}", $"had until {payBefore:u} to pay, is unpaid and {evidence.Snapshot.Order?.State}, but still holds stock");
    }

    /// <summary>
    /// Times of authorizations and captures at the gateway, and of their requests. A hosted payment counts from its start.
    /// </summary>
    static IEnumerable<(string Operation, DateTime At)> Money(OrderEvidence evidence) =>
        (evidence.Gateway ?? []).Where(row => row.Status == "succeeded").Select(row => (row.Operation, At: row.At ?? DateTime.MinValue))
            .Concat(evidence.Attempts.Where(attempt => attempt.State == AttemptStates.Succeeded).Select(attempt =>
                (attempt.Operation, At: attempt.CreatedAt)))
            .Where(moved => moved.Operation is GatewayOperations.Authorize or GatewayOperations.Capture);
}
