using static Reconciler.Job.GatewayWords;

namespace Reconciler.Job;

/// <summary>Compares an order's settlement rows with its payment branch.</summary>
static class Settled
{
    /// <summary>Settled captures beyond the first, minor units.</summary>
    public static long CapturedAgain(Story story)
    {
        var (first, again) = (true, 0L);
        foreach (var row in story.Settled)
        {
            if (row.Operation != Capture)
                continue;
            again += first ? 0 : row.Amount;
            first = false;
        }

        return again;
    }

    public static bool IsTwice(Story story) => Count(story, Capture) > 1;

    /// <summary>The gateway refunded without a request, or more often than requested.</summary>
    public static bool HasUnaskedRefund(Story story) => Count(story, Refund) > 1 || (Any(story, Refund) && !Knows(story, Refund));

    /// <summary>The gateway captured without a request, or after answering with a decline.</summary>
    public static bool HasUnaskedCapture(Story story) => Any(story, Capture) && !Knows(story, Capture);

    /// <summary>The operation is done here and in no file, although the files of all possible days have arrived.</summary>
    public static bool Misses(Story story, RuleTerms terms) => Misses(story, terms, Capture) || Misses(story, terms, Refund);

    public static bool CurrencyDiffers(Story story)
    {
        foreach (var row in story.Settled)
            if (IsMove(row) && story.Payment is { } payment && row.Currency != payment.Currency && row.Currency != story.Order?.Currency)
                return true;
        return false;
    }

    /// <summary>
    /// Absolute difference between the settled and the expected amount, minor units. If the settlement agrees with the order, the branch is
    /// wrong.
    /// </summary>
    public static long AmountOff(Story story)
    {
        var off = 0L;
        foreach (var row in story.Settled)
        {
            var amount = row.Operation == Refund ? -row.Amount : row.Amount;
            if (IsMove(row) && story.Payment is { } payment && amount != payment.AmountMoved() && amount != story.Order?.Total)
                off += Math.Abs(amount - payment.AmountMoved());
        }

        return off;
    }

    /// <summary>Absolute difference between actual and contractual fees, minor units.</summary>
    public static long FeeOff(Story story, RuleTerms terms)
    {
        var off = 0L;
        foreach (var row in story.Settled)
            off += IsMove(row) ? terms.Fees.Off(row) : 0;
        return off;
    }

    /// <summary>Minor units charged back and not returned.</summary>
    public static long ChargedBack(Story story)
    {
        var taken = 0L;
        foreach (var row in story.Settled)
            taken += row.Operation switch
            {
                SettlementKinds.Chargeback => Math.Abs(row.Amount),
                SettlementKinds.ChargebackReversal => -Math.Abs(row.Amount),
                _ => 0,
            };
        return taken;
    }

    /// <summary>Signed minor units of reversals: reversed captures and returned refunds.</summary>
    public static long Reversed(Story story)
    {
        var sum = 0L;
        foreach (var row in story.Settled)
            sum += row.Operation is SettlementKinds.CaptureReversal or SettlementKinds.RefundReversal ? row.Amount : 0;
        return sum;
    }

    /// <summary>A capture or refund; the other kinds have their own rules.</summary>
    static bool IsMove(SettlementRow row) => row.Operation is Capture or Refund;

    /// <summary>True if a row moves the order's money; other rows concern the account.</summary>
    public static bool MovesMoney(Story story)
    {
        foreach (var row in story.Settled)
            if (SettlementKinds.OfOrders.Contains(row.Operation))
                return true;
        return false;
    }

    /// <summary>Requested and not declined. While the answer is unknown, the gateway may know more than we do.</summary>
    static bool Knows(Story story, string operation)
    {
        if (story.Attempt(operation) is not { State: not Declined } attempt)
            return false;
        foreach (var row in story.Settled)
            if (row.Operation == operation && (attempt.GatewayId is null || attempt.GatewayId == row.Id))
                return true;
        return false;
    }

    static bool Misses(Story story, RuleTerms terms, string operation) =>
        !Any(story, operation) && story.Attempt(operation) is { State: Succeeded } attempt && terms.Days.MustTellOf(attempt);

    static bool Any(Story story, string operation) => Count(story, operation) > 0;

    static int Count(Story story, string operation)
    {
        var count = 0;
        foreach (var row in story.Settled)
            count += row.Operation == operation ? 1 : 0;
        return count;
    }
}
