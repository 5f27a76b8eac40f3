using static OrderSaga.Ledgers.AttemptStates;
using static OrderSaga.Ledgers.GatewayOperations;

namespace OrderSaga.Settlements;

/// <summary>Compares an order's settlement rows with its payment branch.</summary>
public static class SettlementChecks
{
    /// <summary>Settled captures beyond the first, minor units.</summary>
    public static long RepeatedCaptureAmount(OrderSnapshot snapshot)
    {
        var (first, again) = (true, 0L);
        foreach (var row in snapshot.Settled)
        {
            if (row.Operation != Capture)
                continue;
            again += first ? 0 : row.Amount;
            first = false;
        }

        return again;
    }

    public static bool IsCapturedTwice(OrderSnapshot snapshot) => Count(snapshot, Capture) > 1;

    /// <summary>True if the gateway refunded without a request, or more often than requested.</summary>
    public static bool HasUnrequestedRefund(OrderSnapshot snapshot) =>
        Count(snapshot, Refund) > 1 || (Any(snapshot, Refund) && !HasMatchingAttempt(snapshot, Refund));

    /// <summary>True if the gateway captured without a request, or after it had declined.</summary>
    public static bool HasUnrequestedCapture(OrderSnapshot snapshot) => Any(snapshot, Capture) && !HasMatchingAttempt(snapshot, Capture);

    /// <summary>True if our branch has the operation and no file has it, although one must contain it by now.</summary>
    public static bool IsMissing(OrderSnapshot snapshot, SettlementTerms terms) => IsMissing(snapshot, terms, Capture) || IsMissing(snapshot, terms, Refund);

    public static bool CurrencyDiffers(OrderSnapshot snapshot)
    {
        foreach (var row in snapshot.Settled)
            if (IsCaptureOrRefund(row) && snapshot.Payment is { } payment && row.Currency != payment.Currency && row.Currency != snapshot.Order?.Currency)
                return true;
        return false;
    }

    /// <summary>
    /// Absolute difference between the settled and the expected amount, minor units. A row that equals the order's total counts as 0: then
    /// the branch is wrong, and another rule reports it.
    /// </summary>
    public static long AmountDifference(OrderSnapshot snapshot)
    {
        var off = 0L;
        foreach (var row in snapshot.Settled)
        {
            var amount = row.Operation == Refund ? -row.Amount : row.Amount;
            if (IsCaptureOrRefund(row) && snapshot.Payment is { } payment && amount != payment.AmountMoved() && amount != snapshot.Order?.Total)
                off += Math.Abs(amount - payment.AmountMoved());
        }

        return off;
    }

    /// <summary>Absolute difference between actual and contractual fees, minor units.</summary>
    public static long FeeDifference(OrderSnapshot snapshot, SettlementTerms terms)
    {
        var off = 0L;
        foreach (var row in snapshot.Settled)
            off += IsCaptureOrRefund(row) ? terms.Fees.Difference(row) : 0;
        return off;
    }

    /// <summary>Minor units charged back and not returned.</summary>
    public static long ChargedBackAmount(OrderSnapshot snapshot)
    {
        var taken = 0L;
        foreach (var row in snapshot.Settled)
            taken += row.Operation switch
            {
                SettlementKinds.Chargeback => Math.Abs(row.Amount),
                SettlementKinds.ChargebackReversal => -Math.Abs(row.Amount),
                _ => 0,
            };
        return taken;
    }

    /// <summary>Signed minor units of reversals: reversed captures and returned refunds.</summary>
    public static long ReversedAmount(OrderSnapshot snapshot)
    {
        var sum = 0L;
        foreach (var row in snapshot.Settled)
            sum += row.Operation is SettlementKinds.CaptureReversal or SettlementKinds.RefundReversal ? row.Amount : 0;
        return sum;
    }

    /// <summary>A capture or refund; the other kinds have their own rules.</summary>
    static bool IsCaptureOrRefund(SettlementRow row) => row.Operation is Capture or Refund;

    /// <summary>True if a row moves the order's money; other rows concern the account.</summary>
    public static bool MovesMoney(OrderSnapshot snapshot)
    {
        foreach (var row in snapshot.Settled)
            if (SettlementKinds.OfOrders.Contains(row.Operation))
                return true;
        return false;
    }

    /// <summary>
    /// True if a settled row belongs to a requested operation that was not declined. If the gateway's id is unknown, any row matches.
    /// </summary>
    static bool HasMatchingAttempt(OrderSnapshot snapshot, string operation)
    {
        if (snapshot.Attempt(operation) is not { State: not Declined } attempt)
            return false;
        foreach (var row in snapshot.Settled)
            if (row.Operation == operation && (attempt.GatewayId is null || attempt.GatewayId == row.Id))
                return true;
        return false;
    }

    static bool IsMissing(OrderSnapshot snapshot, SettlementTerms terms, string operation) =>
        !Any(snapshot, operation) && snapshot.Attempt(operation) is { State: Succeeded } attempt && terms.Days.MustContain(attempt);

    static bool Any(OrderSnapshot snapshot, string operation) => Count(snapshot, operation) > 0;

    static int Count(OrderSnapshot snapshot, string operation)
    {
        var count = 0;
        foreach (var row in snapshot.Settled)
            count += row.Operation == operation ? 1 : 0;
        return count;
    }
}
